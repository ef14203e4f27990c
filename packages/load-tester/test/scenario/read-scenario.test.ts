import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { TroupeError } from "@troupe/control";
import { writeText } from "@troupe/yaml-file/text";
import { anyCharacter } from "../../../../test/support/any-text.ts";
import { isLong } from "../../../../test/support/lanes.ts";
import { leechers, read, withGroup } from "../support/scenarios.ts";

async function folderWith(t: ExecutionContext, name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), text);
  return folder;
}

test("a scenario of few lines gets its defaults", (t) => {
  const text = `
targets: { client: "127.0.0.1:6881" }
torrents: { payload: { size: 64MiB } }
groups: { leech: { behaviour: leecher, count: 10 } }
phases: { all: 30s }
`;
  t.deepEqual(read(text), {
    name: "test",
    about: "",
    seed: 1,
    precise: true,
    hasOwnSources: false,
    sources: "10.77.0.0/16",
    text,
    targets: { client: { from: "address", kind: "peer", address: "127.0.0.1:6881" } },
    torrents: {
      payload: {
        from: "pattern",
        lengthBytes: 64 * 1024 ** 2,
        pieceLengthBytes: 256 * 1024,
        name: "payload",
      },
    },
    groups: {
      leech: {
        name: "leech",
        target: "client",
        count: 10,
        arrival: { kind: "at-once", afterMs: 0 },
        stay: { kind: "end" },
        againAfterMs: undefined,
        retryAfterMs: undefined,
        timeoutMs: 30_000,
        handshakeTimeoutMs: 15_000,
        load: {
          kind: "peers",
          behaviour: "leecher",
          torrent: "payload",
          take: "all",
          has: 0,
          pace: { kind: "depth", depth: 4 },
          downBytesPerSecond: undefined,
          upBytesPerSecond: undefined,
          delayMs: 0,
          extensions: ["fast", "extended"],
          transport: "tcp",
          encryption: "none",
        },
      },
    },
    phases: [{ name: "all", durationMs: 30_000 }],
    budgets: [],
    abort: [],
    drainMs: 5_000,
    onLostAgent: "go-on",
  });
});

test("timeouts are 30 s for blocks and 15 s else, or as the group says", (t) => {
  const { groups, drainMs } = read(`
targets: { client: "127.0.0.1:6881", tracker: "udp://127.0.0.1:6969" }
torrents: { payload: { size: 64MiB } }
groups:
  quick: { behaviour: leecher, count: 1, timeout: 2s }
  clients: { behaviour: tracker, count: 1 }
phases: { all: 30s }
drain: 500ms
`);
  const times = Object.values(groups).map((one) => [one.timeoutMs, one.handshakeTimeoutMs]);
  t.deepEqual(times, [
    [2_000, 2_000],
    [15_000, 15_000],
  ]);
  t.is(drainMs, 500);
});

test("JSON and YAML give the same scenario", (t) => {
  const value = {
    targets: { client: "127.0.0.1:6881" },
    torrents: { payload: { size: "64MiB" } },
    groups: { leech: { behaviour: "leecher", count: 10, arrival: { ramp: "5s" } } },
    phases: { all: "30s" },
  };
  const texts = [JSON.stringify(value), JSON.stringify(value, undefined, "\t"), writeText(value)];
  const scenarios = texts.map((text) => ({ ...read(text), text: "" }));
  t.deepEqual(scenarios[1], scenarios[0]);
  t.deepEqual(scenarios[2], scenarios[0]);
});

test("times, sizes, speeds and shares are read with their units", (t) => {
  const { groups, phases, torrents } = read(`
targets: { client: "127.0.0.1:1" }
torrents: { small: { size: 800k }, large: { size: 1TiB } }
groups:
  one: { behaviour: partial, count: 1, torrent: small, has: 12.5%, down: 10Mbit/s, up: 1.5MiB/s, delay: 50ms, retry-after: 2s }
phases: { a: 500ms, b: 1.5s, c: 2m, d: 1h }
`);
  t.deepEqual(
    phases.map(({ durationMs }) => durationMs),
    [500, 1_500, 120_000, 3_600_000],
  );
  t.like(torrents["small"], { lengthBytes: 800 * 1024 });
  t.like(torrents["large"], { lengthBytes: 1024 ** 4, pieceLengthBytes: 2 * 1024 ** 2 });
  t.like(groups["one"], { retryAfterMs: 2_000 });
  t.like(groups["one"]?.load, {
    has: 0.125,
    downBytesPerSecond: 1_250_000,
    upBytesPerSecond: 1.5 * 1024 ** 2,
    delayMs: 50,
  });
});

test("started clients get the only torrent, a tracker, and connections for a tenth more peers", (t) => {
  const { targets, groups } = read(`
targets:
  client: { start: libtorrent, announces-to: tr }
  tr: { start: opentracker }
  fast: { start: opentracker, over: udp }
  node: { start: ours, as: dht }
torrents: { payload: { size: 1MiB } }
groups:
  leech: { behaviour: leecher, target: client, count: 1000, stay: whole }
  bad: { behaviour: hostile, target: client, count: 100, kinds: [request-flood] }
  ask: { behaviour: tracker, target: tr, count: 5, load: { rate: 10/s }, scrapes: 10% }
  look: { behaviour: dht, count: 3, queries: { ping: 50%, get_peers: 50% } }
phases: { all: 30s }
`);
  t.deepEqual(targets["client"], {
    from: "start",
    kind: "peer",
    program: "libtorrent",
    over: undefined,
    torrent: "payload",
    has: "whole",
    tracker: "tr",
    connections: 1_220,
  });
  t.like(targets["tr"], { kind: "tracker", over: "http", torrent: undefined });
  t.like(targets["fast"], { kind: "tracker", over: "udp" });
  t.like(targets["node"], { kind: "dht", torrent: undefined });
  t.deepEqual(
    Object.values(groups).map(({ target }) => target),
    ["client", "client", "tr", "node"],
  );
  t.deepEqual(groups["look"]?.load, {
    kind: "dht",
    pace: { kind: "depth", depth: 1 },
    queries: { ping: 0.5, find_node: 0, get_peers: 0.5, announce_peer: 0 },
  });
});

test("an open load begins with its phase and takes no pieces of its own accord", (t) => {
  const { groups } = withGroup(
    "{ behaviour: leecher, count: 5, load: { rate: 90/m, spacing: poisson, from: steady } }",
  );
  t.like(groups["one"]?.load, {
    take: undefined,
    pace: {
      kind: "rate",
      perSecond: 1.5,
      spacing: "poisson",
      fromMs: 10_000,
      untilMs: 30_000,
    },
  });
});

test("arrival times come from a file beside the scenario", async (t) => {
  const folder = await folderWith(t, "times.txt", "# a comment\n2s\n\n500ms\n1s\n");
  const text = leechers.replace("100", "3").replace("{ rate: 50/s }", "{ times: times.txt }");
  t.deepEqual(read(text, folder).groups["leech"]?.arrival, {
    kind: "times",
    afterMs: 0,
    timesMs: [500, 1_000, 2_000],
  });
});

test("a wrong line in a file of arrival times is named", async (t) => {
  const folder = await folderWith(t, "times.txt", "1s\n2\n");
  const text = leechers.replace("{ rate: 50/s }", "{ times: times.txt }");
  t.throws(() => read(text, folder), {
    message:
      'test.yaml:13:23: groups.leech.arrival.times: line 2 of "times.txt" is "2"; allowed is a time such as 500ms, 30s, 2m or 1h',
  });
  const own = leechers.replace("{ rate: 50/s }", "{ times: . }");
  t.throws(() => read(own, folder), { message: /is not a file$/ });
});

test("an alias stands for the value above it", (t) => {
  const text = leechers
    .replace("{ rate: 50/s }", "&line { rate: 50/s }")
    .replace("phases:", "  more: { behaviour: idle, count: 2, arrival: *line }\nphases:");
  const { groups } = read(text);
  t.deepEqual(groups["more"]?.arrival, groups["leech"]?.arrival);
});

test("aliases, depth and length of a file are bounded", (t) => {
  const aliases = `seed: &one 1\nbudgets: [${"*one, ".repeat(101)}]`;
  t.throws(() => read(aliases), { message: /the file has more than 100 aliases$/ });
  const laughs = Array.from(
    { length: 20 },
    (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index}, `.repeat(9)}]`,
  );
  t.throws(() => read(`l0: &l0 x\n${laughs.join("\n")}`), {
    message: /more than 100 aliases$|lies too deep; allowed are 12 levels$/,
  });
  t.throws(() => read("a: &a [*a]"), { message: /lies too deep; allowed are 12 levels$/ });
  t.throws(() => read("[".repeat(200)), { code: "scenario-malformed" });
  const stairs = Array.from({ length: 1_400 }, (_, index) => `${" ".repeat(index)}a:\n`).join("");
  t.throws(() => read(stairs), { message: /lies too deep/ });
  t.throws(() => read("#".repeat(1024 ** 2 + 1)), {
    message: "test.yaml:1:1: the text has 1048577 bytes; allowed are 1048576",
  });
  t.throws(() => read("a: 1\n".repeat(100_000)), { message: /more than 200000 tokens$/ });
  t.throws(() => read(`${"k".repeat(201)}: 1`), {
    message: /has a key of 201 characters; allowed are 200$/,
  });
});

test("text of the file in an error is cleaned", (t) => {
  const error = t.throws(() => read('targets: { "\\e[31m\\u202e": 1 }'));
  t.false(error.message.includes("\u001B") || error.message.includes("\u202E"), error.message);
});

test("a written scenario reads back as it was", (t) => {
  const time = fc.integer({ min: 100, max: 600_000 }).map((ms) => `${ms}ms`);
  const group = fc.record(
    {
      behaviour: fc.constantFrom("leecher", "free-rider"),
      count: fc.integer({ min: 1, max: 150 }),
      take: fc.oneof(fc.constant("all"), fc.integer({ min: 1, max: 256 })),
      arrival: fc.oneof(fc.constant("at-once"), fc.record({ crowd: time })),
      stay: fc.oneof(fc.constantFrom("end", "whole"), time, fc.record({ exponential: time })),
      delay: time,
      up: fc.integer({ min: 1_000, max: 1e9 }).map((bytes) => `${bytes}B/s`),
      extensions: fc.uniqueArray(fc.constantFrom("fast", "extended")),
    },
    { requiredKeys: ["behaviour", "count"] },
  );
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/);
  const file = fc.record({
    about: fc.string({ minLength: 1, maxLength: 300 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    targets: fc.constant({ client: "127.0.0.1:6881" }),
    torrents: fc.constant({ payload: { size: "64MiB" } }),
    groups: fc.dictionary(name, group, { minKeys: 1, maxKeys: 9 }),
    phases: fc.dictionary(name, time, { minKeys: 1, maxKeys: 9 }),
  });
  fc.assert(
    fc.property(file, (value) => {
      const [yaml, json] = [read(writeText(value)), read(JSON.stringify(value))];
      t.deepEqual({ ...yaml, text: "" }, { ...json, text: "" });
      t.is(yaml.about, value.about);
      t.deepEqual(Object.keys(yaml.groups), Object.keys(value.groups));
      t.deepEqual(
        yaml.phases.map(({ name: phase, durationMs }) => [phase, `${durationMs}ms`]),
        Object.entries(value.phases),
      );
    }),
    { numRuns: 25 },
  );
});

test("a changed file gives a scenario, or one sentence with its place", (t) => {
  const changedFiles = isLong ? 500 : 150;
  const outcomes = { scenario: 0, fault: 0 };
  const piece = fc.constantFrom(
    ..."{ } [ ] : , - & * ! | > ' \" # % @ ` ? \n \t \0 \u2028".split(" "),
    " ",
    "<<: *a\n",
    "&a ",
    "*a",
    "!!set ",
    "null",
    "1e999",
    "-1",
    "0x10",
    ".inf",
    "{ rate: ",
    "__proto__: ",
    "constructor: ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "? ",
    "\u{d800}",
  );
  const change = fc.record({
    at: fc.nat(leechers.length),
    remove: fc.nat(20),
    insert: fc.oneof(piece, fc.string({ maxLength: 8, unit: anyCharacter })),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
      let text = leechers;
      for (const { at, remove, insert } of changes)
        text = text.slice(0, at) + insert + text.slice(at + remove);
      try {
        read(text);
        outcomes.scenario += 1;
      } catch (error) {
        if (!(error instanceof TroupeError)) throw error;
        t.is(error.code, "scenario-malformed");
        t.regex(error.message, /^test\.yaml:\d+:\d+: .{5,500}$/u);
        outcomes.fault += 1;
      }
    }),
    { numRuns: changedFiles },
  );
  const [least, leastFaults] = [changedFiles / 100, changedFiles * 0.3];
  t.true(outcomes.scenario > least && outcomes.fault > leastFaults, JSON.stringify(outcomes));
});

test("J06: a pattern torrent has a version, and as many pieces as a .torrent of 32 MiB holds", (t) => {
  const text = (torrent: string): string => `
targets: { client: "127.0.0.1:6881" }
torrents: { payload: ${torrent} }
groups: { stress: { behaviour: hostile, count: 10, kinds: [hash-request-flood, wrong-hashes] } }
phases: { all: 30s }
`;
  for (const version of ["v1", "v2", "hybrid"] as const)
    t.like(read(text(`{ size: 64MiB, version: ${version} }`)).torrents["payload"], { version });
  t.throws(() => read(text("{ size: 64MiB, version: v3 }")), {
    message: /torrents\.payload\.version is "v3"; allowed is v1, v2, hybrid/,
  });
  t.throws(() => read(text("{ file: a.torrent, version: v2 }")), {
    message: /torrents\.payload\.version has no meaning beside file/,
  });
  t.notThrows(() => read(text("{ size: 12000MiB, piece: 16KiB, version: v2 }")));
  t.throws(() => read(text("{ size: 12000MiB, piece: 16KiB, version: hybrid }")), {
    message: /has 768000 pieces of 16KiB; allowed are 600000, with longer pieces/,
  });
});
