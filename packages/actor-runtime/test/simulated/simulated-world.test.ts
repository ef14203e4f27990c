import test from "ava";

import { SimulatedWorld } from "../../src/simulated/index.ts";
import { playPingPong } from "./support/ping-pong.ts";

test("the same seed leaves the same trace, byte for byte, and another seed another", async (t) => {
  const first = await playPingPong({ seed: 7 });
  const again = await playPingPong({ seed: 7 });
  t.deepEqual(again.world.trace, first.world.trace);
  t.is(again.world.traceDigest(), first.world.traceDigest());
  t.deepEqual(again.answers, first.answers);
  const other = await playPingPong({ seed: 8 });
  t.not(other.world.traceDigest(), first.world.traceDigest());
});

test("an actor that fails is restarted, its connections break and its disk stays", async (t) => {
  const { world, answers, servedBytes } = await playPingPong({ seed: 1 });
  t.is(answers[0], "20000 in order");
  t.false(answers[1]?.startsWith("900000"));
  t.is(answers[2], "5000 in order");
  t.is(servedBytes, 5000);
  const lines = world.trace.join("\n");
  t.regex(lines, /10\.0\.0\.2 actor pong\/1 failed: Error: told to fail/u);
  t.regex(lines, /10\.0\.0\.2 actor pong\/2 spawned/u);
  t.true(world.deliveredMessages > 5);
});

test("the trace has messages, bytes, files and starts", async (t) => {
  const { world } = await playPingPong({ seed: 1 });
  for (const line of [
    /^[\d.]+ 10\.0\.0\.1 root\/1 to ping\/1 cast ping$/mu,
    /^[\d.]+ 10\.0\.0\.1 ping\/1 to root\/1 notice answered$/mu,
    /^[\d.]+ tcp 10\.0\.0\.2:6881 10\.0\.0\.1:\d+ bytes \d+ [\da-f]{8}$/mu,
    /^[\d.]+ disk 10\.0\.0\.2 \d+ writeFileAtomically \/state\/served 1$/mu,
    /^[\d.]+ 10\.0\.0\.2 actor pong\/1 spawned$/mu,
  ]) {
    t.regex(world.trace.join("\n"), line);
  }
});

test("a trace without its lines has the same digest", async (t) => {
  const kept = await playPingPong({ seed: 3 });
  const unkept = await playPingPong({ seed: 3, keepTrace: false });
  t.deepEqual(unkept.world.trace, []);
  t.is(unkept.world.traceDigest(), kept.world.traceDigest());
});

test("machines have names and addresses of their own", (t) => {
  const world = new SimulatedWorld({ seed: 1 });
  world.machine({ addresses: ["10.0.0.1"], name: "seed" });
  t.throws(() => world.machine({ addresses: ["10.0.0.2"], name: "seed" }), { message: /"seed"/u });
  t.throws(() => world.machine({ addresses: ["10.0.0.1"] }), { message: /belongs to seed/u });
  t.throws(() => world.machine({ addresses: [] }), { message: /names are needed/u });
});

test("scripts get the ports of a machine, with random numbers by label", (t) => {
  const machine = new SimulatedWorld({ seed: 1 }).machine({ addresses: ["10.0.0.1"] });
  const [a, b, again] = ["a", "b", "a"].map((label) => machine.ports(label).random.bytes(20));
  t.deepEqual(a, again);
  t.notDeepEqual(a, b);
  const { disk } = machine.ports("a");
  const { writeFileAtomically } = disk;
  writeFileAtomically("/f", Uint8Array.of(1));
  t.deepEqual([...machine.disk.readFile("/f")], [1]);
});
