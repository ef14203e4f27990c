import test from "ava";
import { SimulatedWorld } from "../../src/simulated/index.ts";

test("AE27: a simulated machine loads the modules that were registered, in virtual time", async (t) => {
  const world = new SimulatedWorld({ seed: 1 });
  const machine = world.machine({ addresses: ["10.0.0.1"] });
  const { modules } = machine.ports("actor");
  machine.modules.register("file:///a.mjs", 7);
  const beganMs = world.scheduler.nowMs;
  t.is(await world.settle(modules.load("file:///a.mjs")), 7);
  t.is(world.scheduler.nowMs - beganMs, 5);
  await t.throwsAsync(world.settle(modules.load("file:///b.mjs")), {
    message: "Cannot find module 'file:///b.mjs'",
  });
});
