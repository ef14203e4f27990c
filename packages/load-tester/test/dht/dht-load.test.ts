import test from "ava";
import type { Ports } from "@troupe/actor-runtime";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { startDhtLoad } from "../../src/dht/start-dht-load.ts";
import type { RunningLoad } from "../../src/generator/load.ts";
import type { Group, DhtLoadSpec, Pace } from "../../src/scenario/scenario.ts";
import { CountingRecorder } from "../support/counting-recorder.ts";
import { ScriptedDhtNode, type DhtFaults } from "../support/scripted-dht-node.ts";

const at = { host: "10.0.0.1", port: 6_881 };
const sources = ["10.77.0.1", "10.77.0.2"];
const open: Pace = {
  kind: "rate",
  perSecond: 1,
  spacing: "constant",
  fromMs: 0,
  untilMs: Infinity,
};
const closed: Pace = { kind: "depth", depth: 2 };
const none = { ping: 0, find_node: 0, get_peers: 0, announce_peer: 0 };
const announces = { ...none, announce_peer: 1 };
const even = { ping: 0.25, find_node: 0.25, get_peers: 0.25, announce_peer: 0.25 };

interface Scene {
  readonly world: SimulatedWorld;
  readonly node: ScriptedDhtNode;
  readonly recorder: CountingRecorder;
  readonly load: RunningLoad;
  act(member: number, seed?: number, lateMs?: number): void;
  arrive(member: number, stayMs?: number): void;
}

async function scene(
  members: number,
  queries: DhtLoadSpec["queries"],
  pace = open,
  change: (ports: Ports) => Ports = (ports) => ports,
): Promise<Scene> {
  const world = new SimulatedWorld({ seed: 1, datagrams: { latencyMs: 20, jitterMs: 0 } });
  const machine = world.machine({ addresses: [at.host] });
  const node = await world.settle(ScriptedDhtNode.open(machine.ports("node"), at));
  const recorder = new CountingRecorder();
  const ports = change(world.machine({ addresses: sources }).ports("askers"));
  const group: Group = {
    ...{ name: "askers", target: "node", count: members },
    arrival: { kind: "at-once", afterMs: 0 },
    stay: { kind: "end" },
    againAfterMs: undefined,
    retryAfterMs: undefined,
    timeoutMs: 15_000,
    handshakeTimeoutMs: 15_000,
    load: { kind: "dht", pace, queries },
  };
  const started = startDhtLoad({
    ...{ ports, recorder, group, seed: 17, torrent: undefined, share: { index: 0, of: 1 } },
    target: { name: "node", kind: "dht", ...at, url: undefined },
    rule: { allowed: [], allowHostile: false },
    sourceOf: (peer) => sources[peer % sources.length],
  });
  const load = await world.settle(started);
  const act = (member: number, seed = 0, lateMs = 0): void => {
    const intents = { group: 0, perSecond: 0, count: 1, atMs: Float64Array.of(0) };
    const drawn = { member: Uint32Array.of(member), seed: Uint32Array.of(seed) };
    load.act({ ...intents, ...drawn }, 0, world.scheduler.nowMs - lateMs);
  };
  const arrive = (member: number, stayMs = Infinity): void =>
    load.arrive(
      { peer: member, group: 0, member, visit: 0, arriveMs: 0, stayMs, seed: 0 },
      world.scheduler.nowMs,
    );
  return { world, node, recorder, load, act, arrive };
}

/** A seed with which an announce has a right token. */
const rightSeed = 1;

test("queries come in the shares of the scenario, each with its latency", async (t) => {
  const { world, node, recorder, act } = await scene(4, even);
  for (let i = 0; i < 800; i++) {
    act(i % 4, i);
    await world.run(2);
  }
  await world.run(200);
  for (const method of ["ping", "find_node", "announce_peer"]) {
    t.true(Math.abs(node.seen(method).length - 200) < 50, method);
  }
  // Each of the four nodes asked for a token as well.
  t.true(Math.abs(node.seen("get_peers").length - 200) < 54);
  t.is(recorder.countOf("queries"), node.queries.length);
  t.is(recorder.samplesOf("dht_ping").length, node.seen("ping").length);
  t.is(recorder.samplesOf("dht_get_peers").length, node.seen("get_peers").length);
  t.deepEqual(recorder.labels("broken_rules"), []);
  t.deepEqual(recorder.labels("wrong_answers"), []);
});

test("the latency of an open load of a DHT begins at the intended time", async (t) => {
  const { world, recorder, act } = await scene(1, { ...none, ping: 1 });
  act(0, 0, 25);
  await world.run(100);
  const took = recorder.samples.map(({ beganMs, endedMs }) => endedMs - beganMs);
  t.deepEqual(took, [65]);
  t.deepEqual(
    recorder.samples.map(({ endedMs, sentMs = NaN }) => endedMs - sentMs),
    [40],
  );
  t.deepEqual(
    recorder.acts.map(({ intendedMs, sentMs }) => sentMs - intendedMs),
    [25],
  );
});

test("a node announces itself with the token that it was given, from the same address", async (t) => {
  const { world, node, recorder, act } = await scene(2, announces);
  for (let i = 0; i < 3; i++) {
    for (const member of [0, 1]) act(member, rightSeed);
    await world.run(500);
  }
  t.is(node.seen("announce_peer").length, 6);
  t.is(node.seen("get_peers").length, 2);
  const addresses = new Set(node.queries.map(({ from }) => `${from.host}:${from.port}`));
  t.is(addresses.size, 2);
  t.is(recorder.samplesOf("dht_announce_peer").length, 6);
  // The first of each waited for its token.
  const took = recorder
    .samplesOf("dht_announce_peer")
    .map(({ beganMs, endedMs }) => endedMs - beganMs);
  t.deepEqual(took, [80, 80, 40, 40, 40, 40]);
  t.deepEqual(recorder.labels("broken_rules"), []);
});

test("a node asks for a new token after four minutes", async (t) => {
  const { world, node, recorder, act } = await scene(1, announces);
  for (let minute = 0; minute < 10; minute++) {
    act(0, rightSeed);
    await world.run(60_000);
  }
  // At the start, and with the first announce after four minutes; the token came 40 ms after its announce.
  t.is(node.seen("get_peers").length, 2);
  t.is(recorder.samplesOf("dht_announce_peer").length, 10);
});

test("some announces have a wrong token, and their refusal is right", async (t) => {
  const { world, node, recorder, act } = await scene(1, announces);
  for (let seed = 0; seed < 500; seed++) {
    act(0, seed);
    await world.run(50);
  }
  await world.run(200);
  const accepted = recorder.samplesOf("dht_announce_peer").length;
  t.true(accepted < node.seen("announce_peer").length);
  t.is(recorder.countOf("queries"), node.queries.length);
  t.deepEqual(recorder.labels("broken_rules"), []);
  t.deepEqual(recorder.labels("wrong_answers"), []);
});

const rules: readonly [DhtFaults, string][] = [
  [{ givesNoToken: true }, "gives no token"],
  [{ refusesTokens: true }, "refuses its own token"],
  [{ acceptsAnything: true }, "accepts a wrong token"],
];

for (const [faults, rule] of rules) {
  test(`a target that ${rule} breaks a rule`, async (t) => {
    const { world, node, recorder, act } = await scene(1, announces);
    node.faults = faults;
    for (let seed = 0; seed < 200; seed++) {
      act(0, seed);
      await world.run(100);
    }
    t.deepEqual(recorder.labels("broken_rules"), [rule]);
  });
}

test("no answer of another address, transaction or shape counts", async (t) => {
  const { world, node, recorder, act } = await scene(1, { ...none, ping: 1 });
  const text = (change: (text: string) => string) => (bytes: Uint8Array) =>
    Uint8Array.from(Buffer.from(change(Buffer.from(bytes).toString("latin1")), "latin1"));
  const faults: readonly DhtFaults[] = [
    { fromElsewhere: true },
    { reply: (bytes) => bytes.subarray(0, bytes.length - 1) },
    { reply: text((all) => all.replace(/1:t4:.{4}/s, "1:t4:abcd")) },
    { reply: text((all) => all.replace(/1:t4:.{4}/s, "1:t2:ab")) },
  ];
  for (const fault of faults) {
    node.faults = fault;
    act(0);
    await world.run(200);
  }
  t.is(recorder.countOf("queries"), 0);
  t.is(recorder.countOf("wrong_answers"), faults.length);
  t.deepEqual(recorder.labels("wrong_answers"), [
    "another transaction",
    "from another address",
    "malformed",
  ]);
});

test("a query of the target is no answer, and gets none", async (t) => {
  const { world, node, recorder, act } = await scene(1, { ...none, ping: 1 });
  node.faults = { asksBack: true };
  act(0);
  await world.run(200);
  t.is(recorder.countOf("queries"), 1);
  t.is(recorder.countOf("wrong_answers"), 0);
  t.true(node.queries.every(({ message }) => message.isReadOnly));
});

test("a closed load keeps its depth outstanding until the member leaves", async (t) => {
  const { world, node, recorder, arrive } = await scene(1, even, closed);
  arrive(0, 1_010);
  await world.run(2_000);
  // 25 rounds of 40 ms, and the one under way; the first announce needs a token.
  t.true(node.queries.length >= 50 && node.queries.length <= 54);
  t.is(recorder.countOf("queries"), node.queries.length);
  t.is(recorder.gauge("gone"), 1);
});

test("a closed load goes on after a query without an answer", async (t) => {
  const { world, node, recorder, arrive } = await scene(1, { ...none, ping: 1 }, closed);
  node.faults = { reply: () => undefined };
  arrive(0);
  await world.run(15_300);
  t.is(recorder.countOf("unanswered: timeout"), 2);
  const ages = recorder.samplesOf("dht_ping").map(({ beganMs, endedMs }) => endedMs - beganMs);
  t.deepEqual(
    ages.map((ms) => Math.round(ms / 100)),
    [150, 150],
  );
  node.faults = {};
  await world.run(15_300);
  t.true(recorder.countOf("queries") > 2);
});

test("a visit of a closed load of a DHT counts as sent at its end, and is owed an answer that did not come", async (t) => {
  const { world, node, recorder, load, arrive } = await scene(3, { ...none, ping: 1 }, closed);
  arrive(0, 500);
  arrive(1, 20_000);
  arrive(2);
  await world.run(400);
  t.is(recorder.countOf("sent"), 0);
  await world.run(200);
  t.is(recorder.countOf("sent"), 1);
  node.faults = { reply: () => undefined };
  await world.run(20_000);
  t.deepEqual([recorder.countOf("sent"), recorder.countOf("visits_owed")], [2, 1]);
  load.drain();
  await world.settle(load.end("drained"));
  t.deepEqual([recorder.countOf("sent"), recorder.countOf("visits_owed")], [3, 2]);
});

test("a query that this machine does not send is no refusal of the target", async (t) => {
  const { world, recorder, act } = await scene(1, { ...none, ping: 1 }, open, (ports) => ({
    ...ports,
    datagrams: {
      bind: async (options, handlers) => ({
        ...(await ports.datagrams.bind(options, handlers)),
        send: (_, to) => handlers.notSent?.(to, "ENOBUFS"),
      }),
    },
  }));
  act(0);
  await world.run(100);
  t.is(recorder.countOf("own_failures: ENOBUFS"), 1);
  t.is(recorder.countOf("refused"), 0);
});

test("nothing is sent after the end of a load", async (t) => {
  const { world, node, load, arrive } = await scene(2, even, closed);
  arrive(0);
  arrive(1);
  await world.run(300);
  await world.settle(load.end("cut"));
  await world.run(100);
  const seen = node.queries.length;
  await world.run(10_000);
  t.is(node.queries.length, seen);
});
