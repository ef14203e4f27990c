import test from "ava";
import { shortScenario } from "../../../src/scenario/changes/short-scenario.ts";
import { read } from "../../support/scenarios.ts";

const peers = { kind: "peers", target: "127.0.0.1:6881", count: 1_000, forMs: 30_000 } as const;

test("peers come within 10 s, and are measured afterwards", (t) => {
  const { groups, phases, torrents, targets } = shortScenario(peers);
  t.deepEqual(phases, [
    { name: "warm-up", durationMs: 2_000 },
    { name: "ramp", durationMs: 11_000 },
    { name: "steady", durationMs: 30_000 },
  ]);
  t.like(groups["peers"], { count: 1_000, arrival: { kind: "ramp", durationMs: 10_000 } });
  t.like(groups["peers"]?.load, {
    behaviour: "leecher",
    take: undefined,
    pace: { kind: "depth", depth: 4 },
  });
  t.like(torrents["payload"], { lengthBytes: 64 * 1024 ** 2, name: "payload" });
  t.deepEqual(targets["target"], { from: "address", kind: "peer", address: "127.0.0.1:6881" });
});

test("an open load begins when all have come", (t) => {
  const { groups, phases } = shortScenario({ ...peers, count: 10, perSecond: 500 });
  t.deepEqual(
    phases.map(({ name }) => name),
    ["ramp", "warm-up", "steady"],
  );
  t.like(groups["peers"]?.load, {
    pace: { kind: "rate", perSecond: 500, fromMs: 2_000, untilMs: 34_000 },
  });
});

test("a warm-up of no time is none", (t) => {
  const { groups, phases } = shortScenario({ ...peers, count: 10, perSecond: 500, warmUpMs: 0 });
  t.deepEqual(
    phases.map(({ name }) => name),
    ["ramp", "steady"],
  );
  t.like(groups["peers"]?.load, { pace: { fromMs: 2_000, untilMs: 32_000 } });
});

test("a tracker is started over UDP", (t) => {
  const words = { ...peers, kind: "tracker", target: "udp:opentracker", perSecond: 10 } as const;
  t.like(shortScenario(words).targets["target"], { program: "opentracker", over: "udp" });
});

test("behaviour, pieces, depth, torrent, seed and budgets are those of the words", (t) => {
  const scenario = shortScenario({
    ...peers,
    behaviour: "free-rider",
    take: 4,
    depth: 9,
    torrent: { file: "/a.torrent", data: "/data" },
    seed: 5,
    budgets: ["errors < 1%"],
  });
  t.is(scenario.seed, 5);
  t.deepEqual(scenario.budgets, ["errors < 1%"]);
  t.deepEqual(scenario.torrents["payload"], { from: "file", path: "/a.torrent", data: "/data" });
  t.like(scenario.groups["peers"]?.load, {
    behaviour: "free-rider",
    take: { pieces: 4 },
    pace: { kind: "depth", depth: 9 },
  });
});

test("endless is the default of peers that take pieces", (t) => {
  const endless = shortScenario({ ...peers, take: "endless" });
  t.deepEqual(endless.groups, shortScenario(peers).groups);
});

test("idle and hostile peers ask for nothing", (t) => {
  t.like(shortScenario({ ...peers, behaviour: "idle" }).groups["peers"]?.load, {
    behaviour: "idle",
    pace: { kind: "none" },
  });
  t.like(shortScenario({ ...peers, behaviour: "hostile" }).groups["peers"]?.load, {
    kind: "hostile",
    behaviours: [],
  });
});

test("a tracker, a DHT node and a program to start are targets", (t) => {
  const tracker = shortScenario({ ...peers, kind: "tracker", target: "udp://127.0.0.1:1" });
  t.like(tracker.targets["target"], { kind: "tracker" });
  t.like(tracker.groups["tracker"]?.load, { kind: "tracker", pace: { kind: "depth", depth: 1 } });
  const dht = shortScenario({ ...peers, kind: "dht", target: "libtorrent", perSecond: 9 });
  t.like(dht.targets["target"], { kind: "dht", from: "start", program: "libtorrent" });
});

test("the text of a short scenario is a file that gives the same scenario", (t) => {
  const scenario = shortScenario({ ...peers, perSecond: 0.5, seed: 3 });
  t.deepEqual(read(scenario.text), scenario);
});

test("words that a scenario cannot have are refused by the name of their option", (t) => {
  t.throws(() => shortScenario({ ...peers, target: "here" }), {
    code: "scenario-malformed",
    message: /^--target is "here"; allowed is HOST:PORT/,
  });
  t.throws(() => shortScenario({ ...peers, behaviour: "idle", depth: 2 }), {
    message: /^--depth has no meaning here: there is no key "load" in groups\.peers/,
  });
  t.throws(() => shortScenario({ ...peers, take: 4, perSecond: 5 }), {
    message: /^--take has no meaning beside load\.rate, which asks for blocks at random$/,
  });
  t.throws(() => shortScenario({ ...peers, forMs: 90_000_000 }), {
    message: /^--for is "90000000ms"; allowed is a time from 100ms to 24h$/,
  });
  t.throws(() => shortScenario({ ...peers, budgets: ["completion.p95 < 5"] }), {
    message: /^--budget is "completion\.p95 < 5": the number has no unit/,
  });
  t.throws(() => shortScenario({ ...peers, pattern: { sizeBytes: 1, pieceBytes: 17_000 } }), {
    message: /^--piece is "17000B"/,
  });
});
