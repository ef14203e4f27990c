import test from "ava";
import { readScenario } from "../../../src/scenario/read-scenario.ts";
import type { ScenarioChanges } from "../../../src/scenario/changes/scenario-changes.ts";
import { leechers, read } from "../../support/scenarios.ts";

const origin = { fileName: "test.yaml", folder: "/nowhere" };
const three = `
targets:
  client: { start: ours, connections: 99, announces-to: tracker }
  tracker: http://127.0.0.1:6969/announce
  node: { dht: 127.0.0.1:3 }
torrents: { payload: { size: 64MiB } }
groups: { leech: { behaviour: leecher, count: 3 } }
phases: { all: 10s }
`;

function changed(text: string, changes: ScenarioChanges) {
  return readScenario(text, origin, changes);
}

test("a file without changes keeps its text", (t) => {
  t.is(changed(leechers, {}).text, leechers);
});

test("a changed scenario has a text that gives the same scenario", (t) => {
  const changes = { targets: ["[::1]:7"], seed: 9, budgets: ["errors < 1%"] };
  const scenario = changed(leechers, changes);
  t.is(scenario.seed, 9);
  t.deepEqual(scenario.targets, {
    client: { from: "address", kind: "peer", address: "[::1]:7" },
  });
  t.deepEqual(scenario.budgets, ["request_block{leech,steady}.p99 < 50ms", "errors < 1%"]);
  t.deepEqual(read(scenario.text), scenario);
});

test("a target takes the place of the only one of its kind, or of a named one", (t) => {
  t.like(changed(three, { targets: ["udp://127.0.0.1:1"] }).targets, {
    tracker: { address: "udp://127.0.0.1:1" },
  });
  t.like(changed(three, { targets: ["client=127.0.0.1:1"] }).targets, {
    client: { from: "address", address: "127.0.0.1:1" },
  });
});

test("another program to start keeps the settings of the file", (t) => {
  t.like(changed(three, { targets: ["client=libtorrent"] }).targets["client"], {
    from: "start",
    program: "libtorrent",
    connections: 99,
    tracker: "tracker",
  });
  t.like(changed(leechers, { targets: ["transmission"] }).targets["client"], {
    program: "transmission",
    torrent: "payload",
    connections: 120,
  });
  t.like(changed(three, { targets: ["node=libtorrent"] }).targets["node"], {
    program: "libtorrent",
    kind: "dht",
  });
});

test("a tracker to start has the protocol in front of its name, or that of the file", (t) => {
  const started = three.replace(
    "http://127.0.0.1:6969/announce",
    "{ start: opentracker, over: udp }",
  );
  const overOf = (text: string, target: string) => changed(text, { targets: [target] }).targets;
  t.like(overOf(three, "udp:opentracker")["tracker"], { program: "opentracker", over: "udp" });
  t.like(overOf(three, "opentracker")["tracker"], { program: "opentracker", over: "http" });
  t.like(overOf(started, "opentracker")["tracker"], { over: "udp" });
  t.like(overOf(started, "tracker=http:opentracker")["tracker"], { over: "http" });
});

test("a torrent takes the place of the only one", (t) => {
  const torrent = { file: "/a.torrent", data: "/data" };
  t.deepEqual(changed(leechers, { torrent }).torrents, {
    payload: { from: "file", path: "/a.torrent", data: "/data" },
  });
});

const refused = test.macro((t, text: string, changes: ScenarioChanges, message: RegExp) => {
  t.throws(() => changed(text, changes), { code: "scenario-malformed", message });
});

test(
  "a target that fits two is refused",
  refused,
  three,
  { targets: ["h:1"] },
  /write NAME=h:1, because .*client, node$/,
);
test(
  "a name of no target is refused",
  refused,
  three,
  { targets: ["cleint=h:1"] },
  /there are client, tracker, node; did you mean client\?$/,
);
test(
  "a tracker without a place is refused",
  refused,
  leechers,
  { targets: ["udp://h:1"] },
  /names a tracker, and the scenario has none; there are client \(peer\)$/,
);
test(
  "an address that is none is refused",
  refused,
  leechers,
  { targets: ["here"] },
  /^--target is "here"; allowed is HOST:PORT/,
);
test(
  "a budget that cannot be read is refused by the name of its option",
  refused,
  leechers,
  { budgets: ["errors < 1%", "compltion.p95 < 5s"] },
  /^--budget is "compltion\.p95 < 5s": .*did you mean completion\?/,
);
test(
  "a fault of the file keeps its place beside changes",
  refused,
  leechers.replace("request_block{leech,steady}", "request_block{leach}"),
  { targets: ["127.0.0.1:1"], budgets: ["errors < 1%"] },
  /^test\.yaml:\d+:\d+: budgets\[0\] is /,
);
test(
  "a torrent without a place is refused",
  refused,
  three.replace("torrents: {", "torrents: { other: { size: 1MiB }, "),
  { torrent: { file: "/a", data: undefined } },
  /lacks the key "torrent"|the scenario has 2$/,
);
