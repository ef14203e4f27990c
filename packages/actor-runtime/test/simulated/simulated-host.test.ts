import test from "ava";

import { SimulatedWorld } from "../../src/simulated/index.ts";
import { actorSuite } from "../support/actor-suite.ts";

let worlds = 0;

actorSuite(test, "simulated", () => {
  worlds += 1;
  const world = new SimulatedWorld({ seed: worlds });
  const { host } = world.machine({ addresses: ["10.0.0.1"] });
  return { host, settle: (promise) => world.settle(promise) };
});
