import { TroupeError } from "@troupe/control";
import test from "ava";
import { hashOf, QbittorrentClient, rowOf } from "../support/qbittorrent-client.ts";

const [one, two, gone] = [hashOf("01"), hashOf("02"), hashOf("03")];

function clientOfTwo(answers: Readonly<Record<string, unknown>> = {}): QbittorrentClient {
  const rows = [
    rowOf("01", { queuePosition: 5, settings: { sequential: true } }),
    rowOf("02", { queuePosition: 2, settings: { firstLastPieces: true } }),
  ];
  return new QbittorrentClient(rows, answers);
}

const both = { torrents: [one, two] };
const hashes = `${one}|${gone}|${two.toUpperCase()}`;

for (const [path, command] of Object.entries({
  pause: "stop",
  stop: "stop",
  resume: "start",
  start: "start",
}))
  test(`torrents/${path} is one command ${command} for the known torrents`, async (t) => {
    const client = clientOfTwo();
    const { status, text } = await client.post(`torrents/${path}`, { hashes });
    t.deepEqual([status, text], [200, ""]);
    t.is((await client.post(`torrents/${path}`, { hashes: "all" })).status, 200);
    t.is((await client.post(`torrents/${path}`, { hashes: gone })).status, 200);
    t.deepEqual(client.made, [
      [command, both],
      [command, both],
    ]);
  });

test("AE11: a torrent is named by the hashes of both versions, and acted on once", async (t) => {
  const infoHashV2 = "f".repeat(64);
  const client = new QbittorrentClient([rowOf("01", { infoHashV2 }), rowOf("02")]);
  const names = [infoHashV2, infoHashV2.slice(0, 40).toUpperCase(), one].join("|");
  t.is((await client.post("torrents/stop", { hashes: names })).status, 200);
  t.deepEqual(client.made, [["stop", { torrents: [one] }]]);
  const { json } = await client.get("torrents/info", { hashes: infoHashV2 });
  t.like(json[0], { hash: one, infohash_v1: one, infohash_v2: infoHashV2 });
});

test("torrents/resume ends the forced start of the torrents that have one", async (t) => {
  const client = new QbittorrentClient([rowOf("01", { isForced: true }), rowOf("02")]);
  t.is((await client.post("torrents/resume", { hashes })).status, 200);
  t.deepEqual(client.made, [
    ["set", { torrent: one, forced: null }],
    ["start", both],
  ]);
});

/** Actions on two torrents, and the commands that they are. */
const actions: readonly (readonly [path: string, form: object, commands: readonly unknown[]])[] = [
  [
    "delete",
    { deleteFiles: "true" },
    [
      ["remove", { torrent: one, data: true }],
      ["remove", { torrent: two, data: true }],
    ],
  ],
  [
    "delete",
    {},
    [
      ["remove", { torrent: one, data: false }],
      ["remove", { torrent: two, data: false }],
    ],
  ],
  [
    "recheck",
    {},
    [
      ["hashcheck", { torrent: one }],
      ["hashcheck", { torrent: two }],
    ],
  ],
  [
    "reannounce",
    {},
    [
      ["announce", { torrent: one }],
      ["announce", { torrent: two }],
    ],
  ],
  [
    "setForceStart",
    { value: "true" },
    [
      ["set", { torrent: one, forced: true }],
      ["set", { torrent: two, forced: true }],
      ["start", both],
    ],
  ],
  [
    "setForceStart",
    { value: "nope" },
    [
      ["set", { torrent: one, forced: false }],
      ["set", { torrent: two, forced: false }],
      ["start", both],
    ],
  ],
  [
    "setSuperSeeding",
    { value: "true" },
    [
      ["set", { torrent: one, superSeed: true }],
      ["set", { torrent: two, superSeed: true }],
    ],
  ],
  [
    "toggleSequentialDownload",
    {},
    [
      ["set", { torrent: one, sequential: false }],
      ["set", { torrent: two, sequential: true }],
    ],
  ],
  [
    "toggleFirstLastPiecePrio",
    {},
    [
      ["set", { torrent: one, firstLastPieces: true }],
      ["set", { torrent: two, firstLastPieces: false }],
    ],
  ],
  ["setAutoManagement", { enable: "false" }, []],
  // The order among several torrents stays.
  [
    "topPrio",
    {},
    [
      ["queue", { torrent: one, position: "top" }],
      ["queue", { torrent: two, position: "top" }],
    ],
  ],
  [
    "bottomPrio",
    {},
    [
      ["queue", { torrent: two, position: "bottom" }],
      ["queue", { torrent: one, position: "bottom" }],
    ],
  ],
  [
    "increasePrio",
    {},
    [
      ["queue", { torrent: two, position: "up" }],
      ["queue", { torrent: one, position: "up" }],
    ],
  ],
  [
    "decreasePrio",
    {},
    [
      ["queue", { torrent: one, position: "down" }],
      ["queue", { torrent: two, position: "down" }],
    ],
  ],
  [
    "setDownloadLimit",
    { limit: "5000" },
    [
      ["set", { torrent: one, limits: { down: 5_000 } }],
      ["set", { torrent: two, limits: { down: 5_000 } }],
    ],
  ],
  [
    "setUploadLimit",
    { limit: "-1" },
    [
      ["set", { torrent: one, limits: { up: null } }],
      ["set", { torrent: two, limits: { up: null } }],
    ],
  ],
  [
    "setLocation",
    { location: " /other " },
    [
      ["move", { torrent: one, directory: "/other" }],
      ["move", { torrent: two, directory: "/other" }],
    ],
  ],
];

for (const [name, form, commands] of actions)
  test(`torrents/${name} ${JSON.stringify(form)} acts on each known torrent`, async (t) => {
    const client = clientOfTwo();
    const { status, text } = await client.post(`torrents/${name}`, { hashes, ...form });
    t.deepEqual([status, text], [200, ""]);
    t.deepEqual(client.made, commands);
  });

test("torrents/setSavePath names its torrents by id", async (t) => {
  const client = clientOfTwo();
  t.is((await client.post("torrents/setSavePath", { id: one, path: "/p" })).status, 200);
  t.deepEqual(client.made, [["move", { torrent: one, directory: "/p" }]]);
  t.is((await client.post("torrents/setSavePath", { id: one, path: " " })).status, 400);
});

for (const [name, form] of Object.entries({
  pause: {},
  delete: {},
  recheck: {},
  topPrio: {},
  setForceStart: { hashes: one },
  setSuperSeeding: { hashes: one },
  setAutoManagement: { hashes: one },
  setDownloadLimit: { hashes: one },
  setUploadLimit: { hashes: one, limit: "many" },
  setShareLimits: { hashes: one, ratioLimit: "1" },
  setLocation: { hashes: one, location: "  " },
  downloadLimit: {},
  addTags: { hashes: one },
  removeTags: {},
  setCategory: { hashes: one },
}))
  test(`torrents/${name} ${JSON.stringify(form)} is refused with 400`, async (t) => {
    const client = clientOfTwo();
    const { status, text } = await client.post(`torrents/${name}`, form);
    t.is(status, 400);
    t.regex(text, /^\S[^\n]{10,}$/);
    t.deepEqual(client.made, []);
  });

test("a torrent that is removed meanwhile is left out", async (t) => {
  const client = clientOfTwo({ set: new TroupeError("no-torrent", "gone") });
  const form = { hashes: "all", value: "true" };
  t.is((await client.post("torrents/setSuperSeeding", form)).status, 200);
});

test("an error of one torrent is told after all of them were tried", async (t) => {
  const client = clientOfTwo({ move: new TroupeError("file-exists", "the file is there") });
  const { status, text } = await client.post("torrents/setLocation", { hashes, location: "/p" });
  t.deepEqual([status, text], [409, "the file is there"]);
  t.is(client.made.length, 2);
});

test("a folder outside of the roots is refused with 403", async (t) => {
  const client = clientOfTwo({ move: new TroupeError("not-permitted", "no root") });
  t.is((await client.post("torrents/setLocation", { hashes, location: "/etc" })).status, 403);
});

test("trackers that want no announce yet, and stopped torrents, are left out", async (t) => {
  for (const code of ["announce-too-early", "not-running"]) {
    const client = clientOfTwo({ announce: new TroupeError(code, "not now") });
    t.is((await client.post("torrents/reannounce", { hashes })).status, 200);
  }
});

test("a stopped torrent is not checked: 409", async (t) => {
  const client = clientOfTwo({ hashcheck: new TroupeError("not-running", "it is stopped") });
  t.is((await client.post("torrents/recheck", { hashes })).status, 409);
});

test("a check is answered as soon as the view shows it", async (t) => {
  const client = clientOfTwo({ hashcheck: new Promise(() => undefined) });
  const answer = client.post("torrents/recheck", { hashes: one });
  await new Promise(setImmediate);
  client.calls.change([rowOf("02", { state: "checking" })]);
  client.calls.change([rowOf("01", { state: "checking" })]);
  t.is((await answer).status, 200);
});

test("a move is answered as soon as the row of its torrent changes", async (t) => {
  const client = clientOfTwo({ move: new Promise(() => undefined) });
  let isAnswered = false;
  const answer = client.post("torrents/setLocation", { hashes: one, location: "/p" });
  void answer.then(() => (isAnswered = true));
  await new Promise(setImmediate);
  client.calls.change([rowOf("02", { peers: 7 })]);
  await new Promise(setImmediate);
  t.false(isAnswered);
  client.calls.change([rowOf("01", { state: "stopping" })]);
  t.is((await answer).status, 200);
});

test("a check and a move that outlast the deadline go on", async (t) => {
  const late = new TroupeError("command-deadline", "it goes on");
  const client = clientOfTwo({ hashcheck: late, move: late });
  t.is((await client.post("torrents/recheck", { hashes })).status, 200);
  t.is((await client.post("torrents/setLocation", { hashes, location: "/p" })).status, 200);
});

test("automatic management cannot be turned on: 409", async (t) => {
  const form = { hashes, enable: "true" };
  t.is((await clientOfTwo().post("torrents/setAutoManagement", form)).status, 409);
});

test("limits of torrents are shown by their info-hash", async (t) => {
  const client = new QbittorrentClient([rowOf("01", { settings: { limits: { up: 7_000 } } })]);
  const form = { hashes: `${one}|${gone}` };
  t.deepEqual((await client.post("torrents/uploadLimit", form)).json, { [one]: 7_000, [gone]: -1 });
  t.deepEqual((await client.get("torrents/downloadLimit", form)).json, { [one]: 0, [gone]: -1 });
});
