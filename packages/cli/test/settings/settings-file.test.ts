import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";
import { readTextFile } from "../../src/text-file.ts";
import { readSettingsFile } from "../../src/settings/settings-file.ts";

const variables = { HOME: "/home/me" };
const environment = { variables, readTextFile };

/** The values by key, and the lines that give them. */
async function read(text: string | Uint8Array) {
  using folder = temporaryFolder("troupe-settings");
  const path = join(folder.path, "settings.yaml");
  writeFileSync(path, text);
  const given = await readSettingsFile(path, environment).catch((error: unknown) => {
    // Each folder has another name.
    if (error instanceof Error) error.message = error.message.replace(`${folder.path}/`, "");
    throw error;
  });
  const entries = (given ?? []).map(({ setting, value, by }) => [setting.key, { value, by }]);
  return { folder: folder.path, values: Object.fromEntries(entries) as Record<string, unknown> };
}

test("L23: a settings file has values of programs and words of the command line", async (t) => {
  const { values, folder } = await read(`# mine
directory: ~/Downloads
stateDirectory: state
port: 6881-6883,0
limits:
  down: 5M
  up: 1000
  schedule: ["mon-fri@08:00-18:00=500k/100k", { from: "20:00", to: "22:00", up: 64k }]
goals: { ratio: 1.5, seedSeconds: 2h }
dht: { nodes: ["192.0.2.7:6881"] }
peerExchange: false
trackers: [udp://t.example:80, "https://u.example/x"]
labels: [new, "käse"]
groups:
  films: { directory: films, limits: { down: 5M }, goals: { ratio: 2, seedSeconds: 1d } }
  empty: {}
`);
  const line = (number: number) => ({ from: "file", line: number });
  t.deepEqual(values, {
    directory: { value: "/home/me/Downloads", by: line(2) },
    stateDirectory: { value: join(folder, "state"), by: line(3) },
    port: { value: [6881, 6882, 6883, 0], by: line(4) },
    "limits.down": { value: 5 << 20, by: line(6) },
    "limits.up": { value: 1_000, by: line(7) },
    "limits.schedule": {
      value: [
        {
          days: ["mon", "tue", "wed", "thu", "fri"],
          from: "08:00",
          to: "18:00",
          down: 500 << 10,
          up: 100 << 10,
        },
        { from: "20:00", to: "22:00", up: 64 << 10 },
      ],
      by: line(8),
    },
    "goals.ratio": { value: 1.5, by: line(9) },
    "goals.seedSeconds": { value: 7_200, by: line(9) },
    dht: { value: { nodes: [{ host: "192.0.2.7", port: 6_881 }] }, by: line(10) },
    peerExchange: { value: false, by: line(11) },
    trackers: { value: ["udp://t.example:80", "https://u.example/x"], by: line(12) },
    labels: { value: ["new", "käse"], by: line(13) },
    groups: {
      value: {
        films: {
          directory: join(folder, "films"),
          limits: { down: 5 << 20 },
          goals: { ratio: 2, seedSeconds: 86_400 },
        },
        empty: {},
      },
      by: line(14),
    },
  });
});

test("an empty file, and a file of remarks, set nothing", async (t) => {
  t.deepEqual((await read("")).values, {});
  t.deepEqual((await read("# nothing\n")).values, {});
});

test("a file that is missing is none", async (t) => {
  using folder = temporaryFolder("troupe-settings");
  t.is(await readSettingsFile(join(folder.path, "settings.yaml"), environment), undefined);
});

/** Each file, and the sentence behind `settings.yaml:`. */
const wrongFiles: readonly (readonly [text: string, sentence: string])[] = [
  ["maxPeer: 3", `1:1: there is no key "maxPeer"; did you mean maxPeers?`],
  ["# two\nmaxpeers: 3", `2:1: there is no key "maxpeers"; did you mean maxPeers?`],
  ["max-peers: 3", "1:1: there is no key max-peers; the key is maxPeers"],
  ["no-dht: true", "1:1: there is no key no-dht; the key is dht"],
  ["dir: /data", "1:1: there is no key dir; the key is directory"],
  ["down: 5M", "1:1: there is no key down; the key is down in the mapping limits"],
  ["--port: 1", "1:1: there is no key --port; the key is port"],
  ["limits.down: 5M", "1:1: there is no key limits.down; the key is down in the mapping limits"],
  ["gaols: {}", `1:1: there is no key "gaols"; did you mean goals?`],
  ["chaos: kill:engine:1/s", `1:1: there is no key "chaos"`],
  ["queueRank: 1", `1:1: there is no key "queueRank"`],
  ["xyzzy: 1", `1:1: there is no key "xyzzy"`],
  ["limits:\n  dwn: 5M", `2:3: there is no key "dwn" in limits; did you mean down?`],
  ["goals:\n  ratios: 2", `2:3: there is no key "ratios" in goals; did you mean ratio?`],
  [
    "limits: 5M",
    `1:9: limits is "5M"; allowed is a mapping with down, up, peerDown, peerUp, localNetworks, protocol, schedule`,
  ],
  [
    "goals:",
    "1:7: goals is empty; allowed is a mapping with ratio, seedSeconds, idleSeconds, until",
  ],
  [
    "limits:\n  down: fast",
    `2:9: limits.down is "fast"; allowed is a size of at least 1000 bytes like 800k or 5M, or 0`,
  ],
  [
    "limits: { down: 5 }",
    "1:17: limits.down is 5; allowed is a size of at least 1000 bytes like 800k or 5M, or 0",
  ],
  [
    "limits: { up: -1 }",
    "1:15: limits.up is -1; allowed is a size of at least 1000 bytes like 800k or 5M, or 0",
  ],
  ["maxPeers: 0", "1:11: maxPeers is 0; allowed is a whole number from 1 to 10000"],
  ["maxPeers: 1.5", "1:11: maxPeers is 1.5; allowed is a whole number from 1 to 10000"],
  ["maxPeers: many", `1:11: maxPeers is "many"; allowed is a whole number from 1 to 10000`],
  ["maxPeers:", "1:10: maxPeers is empty; allowed is a whole number from 1 to 10000"],
  ["maxPeers: [3]", "1:11: maxPeers is a list of 1; allowed is a whole number from 1 to 10000"],
  ["peerExchange: no", `1:15: peerExchange is "no"; allowed is true or false`],
  ["peerExchange: 1", "1:15: peerExchange is 1; allowed is true or false"],
  ["announce: both", `1:11: announce is "both"; allowed is parallel, strict, all`],
  ["goals: { until: some }", `1:17: goals.until is "some"; allowed is any, all`],
  [
    "goals: { ratio: 0 }",
    "1:17: goals.ratio is 0; allowed is a number above 0, 1000000 at most, like 1.5",
  ],
  [
    "goals: { seedSeconds: soon }",
    `1:23: goals.seedSeconds is "soon"; allowed is a time of at least a second and 1000000000s at most like 90s, 10m, 2h or 1d`,
  ],
  ["memory: 1k", `1:9: memory is "1k"; allowed is a size of at least 1048576 bytes like 64M or 1G`],
  ["bind: [lo]", `1:8: bind[0] is "lo"; allowed is an IPv4 or IPv6 address without a port`],
  [
    "bind:\n  - 127.0.0.1\n  - 300.0.0.1",
    `3:5: bind[1] is "300.0.0.1"; allowed is an IPv4 or IPv6 address without a port`,
  ],
  [
    "port: 70000",
    "1:7: port is 70000; allowed is a whole number from 0 to 65535, or a list of 1 to 65536",
  ],
  [
    "dht: { nodes: [somewhere] }",
    `1:16: dht.nodes[0] is "somewhere"; allowed is HOST:PORT like 192.0.2.7:6881 or [2001:db8::7]:6881`,
  ],
  ["dht: { node: [] }", `1:8: there is no key "node" in dht; did you mean nodes?`],
  [
    "limits: { schedule: [whenever] }",
    `1:22: limits.schedule[0] is "whenever"; allowed is a period like 08:00-18:00=500k/100k or mon-fri@22:00-06:00=0/2M`,
  ],
  ["limits: { schedule: [{ from: '08:00' }] }", `1:22: limits.schedule[0] lacks the key "to"`],
  [
    "limits: { schedule: [{ from: '8', to: '9:00' }] }",
    `1:30: limits.schedule[0].from is "8"; allowed is a time like 08:00`,
  ],
  ["groups: films", `1:9: groups is "films"; allowed is a mapping with at most 1000 names`],
  ["groups: { '': {} }", `1:11: a name in groups is ""; allowed is a name of 1 to 64 characters`],
  [
    "groups:\n  films: 5M",
    `2:10: groups.films is "5M"; allowed is a mapping with directory, limits, uploadSlots, maxPeers, bandwidthPriority, goals`,
  ],
  [
    "groups:\n  films:\n    limit: {}",
    `3:5: there is no key "limit" in groups.films; did you mean limits?`,
  ],
  [
    "groups:\n  films: { limits: { dwn: 5M } }",
    `2:22: there is no key "dwn" in groups.films.limits; did you mean down?`,
  ],
  [
    "groups: { films: { limits: 5M } }",
    `1:28: groups.films.limits is "5M"; allowed is a mapping with down, up, peerDown, peerUp`,
  ],
  [
    "groups: { films: { uploadSlots: rate } }",
    `1:33: groups.films.uploadSlots is "rate"; allowed is a whole number from 1 to 10000`,
  ],
  [
    "groups: { films: { goals: { until: both } } }",
    `1:36: groups.films.goals.until is "both"; allowed is any, all`,
  ],
  [
    `group: ${"x".repeat(65)}`,
    `1:8: group is "${"x".repeat(60)}"…; allowed is a name of 1 to 64 characters`,
  ],
  ["labels: ['']", `1:10: labels[0] is ""; allowed is a text of 1 to 64 characters`],
  ["directory: 5", "1:12: directory is 5; allowed is the path of a folder"],
  ["maxPeers: 1\nmaxPeers: 2", "2:1: the key maxPeers stands twice"],
  ["- maxPeers", "1:1: the file is a list of 1; allowed is a mapping of settings"],
  ["just text", `1:1: the file is "just text"; allowed is a mapping of settings`],
  ["maxPeers: [1", "1:13: the text is no YAML or JSON: "],
  ["maxPeers: 1\n---\nmaxPeers: 2", "2:1: the file has a second document; allowed is one"],
  ["maxPeers: !js 1", `1:15: maxPeers has the tag "!js"; allowed are plain values`],
];

test("L23: wrong settings files get a sentence each, with line and nearest key", async (t) => {
  t.true(wrongFiles.length >= 40);
  for (const [text, sentence] of wrongFiles) {
    // oxlint-disable-next-line no-await-in-loop
    const error = await t.throwsAsync(read(text), { code: "settings-malformed" }, text);
    t.true(error?.message.startsWith(`settings.yaml:${sentence}`), `${text}: ${error?.message}`);
    t.false(error?.message.includes("\n"), text);
  }
});

test("a file that is no text is refused, and a folder too", async (t) => {
  await t.throwsAsync(read(Uint8Array.of(0xff, 0xfe)), { code: "settings-unreadable" });
  using folder = temporaryFolder("troupe-settings");
  const reading = readSettingsFile(folder.path, environment);
  await t.throwsAsync(reading, { code: "settings-unreadable", message: /it is no file/ });
});

test("H01, H02, H06: a settings file has watch folders, hooks and pauses, whose paths begin in its folder", async (t) => {
  const { values, folder } = await read(`watchFolders:
  - path: drop
  - { path: ~/films, after: move, moveTo: added, group: films, labels: [new], state: stopped }
hooks:
  unpack: { program: bin/unpack, arguments: ["--to", "$(x)"], events: [complete] }
webhooks:
  chat: { url: "http://127.0.0.1:8080/x", keyFile: chat.key, events: [added, error] }
pauseSchedule: ["mon-tue@08:00-18:00", { from: "20:00", to: "22:00", group: films }]
`);
  const valueOf = (key: string): unknown => (values[key] as { readonly value: unknown }).value;
  t.deepEqual(valueOf("watchFolders"), [
    { path: join(folder, "drop") },
    {
      ...{ path: "/home/me/films", after: "move", moveTo: join(folder, "added") },
      ...{ group: "films", labels: ["new"], state: "stopped" },
    },
  ]);
  const unpack = { program: join(folder, "bin/unpack"), arguments: ["--to", "$(x)"] };
  t.deepEqual(valueOf("hooks"), { unpack: { ...unpack, events: ["complete"] } });
  const keyFile = join(folder, "chat.key");
  const chat = { url: "http://127.0.0.1:8080/x", keyFile, events: ["added", "error"] };
  t.deepEqual(valueOf("webhooks"), { chat });
  t.deepEqual(valueOf("pauseSchedule"), [
    { days: ["mon", "tue"], from: "08:00", to: "18:00" },
    { from: "20:00", to: "22:00", group: "films" },
  ]);
});

for (const [text, message] of [
  ["watchFolders: [{ after: keep }]", /:1:16: watchFolders\[0\] lacks the key "path"/],
  [
    "watchFolders: [{ path: a, after: burn }]",
    /watchFolders\[0\]\.after is "burn"; allowed is rename, keep, move, delete/,
  ],
  ["hooks: { a: { program: x, events: [] } }", /hooks\.a\.events/],
  ["hooks: { a: { program: x, events: [seeded] } }", /hooks\.a\.events\[0\] is "seeded"/],
  ["hooks: { a: { command: x, events: [added] } }", /there is no key "command" in hooks\.a/],
  ['webhooks: { a: { url: "ftp://h/", events: [added] } }', /webhooks\.a\.url/],
  ['pauseSchedule: ["08:00-18:00=1M/1M"]', /pauseSchedule\[0\] is .* times like 08:00-18:00/],
] as const)
  test(`automation in a settings file is refused with its place: ${text}`, async (t) => {
    await t.throwsAsync(read(text), { code: "settings-malformed", message });
  });
