import { TroupeError } from "@troupe/control";
import test from "ava";
import { exampleRow } from "../../support/example-row.ts";
import { fails, hashOf, numberedRows, TransmissionService } from "../../support/transmission.ts";
import {
  exampleFile,
  exampleMetainfo,
  examplePeer,
  exampleTracker,
} from "../../support/transmission-details.ts";
import { specObjectKeys, specTorrentFields } from "../../support/transmission-keys.ts";

const wholeAnswers = {
  files: [exampleFile()],
  peers: [examplePeer()],
  pieces: {
    ...{ pieces: 3, pieceLengthBytes: 16_384, lastPieceLengthBytes: 1 },
    ...{ had: "oA==", wanted: "QA==" },
  },
  tiers: [{ complete: 12, incomplete: 5, failures: 0, trackers: [exampleTracker()] }],
  "web-seeds": [
    { url: "http://seed.example/", state: "idle", downloadedBytes: 0, downBytesPerSecond: 0 },
  ],
  metainfo: exampleMetainfo(),
};

type Values = Readonly<Record<string, unknown>>;

/** The names of the protocol by its own rule, as a client would change those of a classic answer. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [snakeOf(name), renamed(item)]),
  );
}

function snakeOf(name: string): string {
  if (name === "isUTP") return "is_utp";
  return name
    .replaceAll("-", "_")
    .replaceAll(/[A-Z]/g, (letter: string) => `_${letter.toLowerCase()}`);
}

test("two torrents by their numbers get the fields that are asked for", async (t) => {
  const rows = numberedRows(10, (number) => ({ name: `torrent ${number}`, sizeBytes: number }));
  const service = new TransmissionService(rows);
  const params = { fields: ["id", "name", "total_size"], ids: [7, 10] };
  t.deepEqual(await service.send({ jsonrpc: "2.0", params, method: "torrent_get", id: 39_693 }), {
    status: 200,
    value: {
      jsonrpc: "2.0",
      result: {
        torrents: [
          { id: 7, name: "torrent 7", total_size: 7 },
          { id: 10, name: "torrent 10", total_size: 10 },
        ],
      },
      id: 39_693,
    },
  });
});

test("every field of the page is answered, with every key of its objects", async (t) => {
  const service = new TransmissionService(numberedRows(1), wholeAnswers);
  const { torrents } = await service.result("torrent_get", { fields: specTorrentFields, ids: 1 });
  const [torrent = {}] = torrents as readonly Values[];
  t.deepEqual(Object.keys(torrent).toSorted(), [...specTorrentFields].toSorted());
  for (const [field, keys] of Object.entries(specObjectKeys)) {
    const objects = [torrent[field]].flat() as readonly object[];
    t.true(objects.length > 0, field);
    for (const each of objects)
      t.deepEqual(Object.keys(each).toSorted(), [...keys].toSorted(), field);
  }
});

test("both dialects answer every field equally after renaming", async (t) => {
  const service = new TransmissionService(numberedRows(2), wholeAnswers);
  const { torrents } = await service.result("torrent_get", { fields: specTorrentFields, ids: [1] });
  const classic = await service.classic("torrent-get", { fields: specTorrentFields, ids: [1] });
  const [shown = {}] = renamed(classic.arguments["torrents"]) as readonly Values[];
  const wanted = (shown["wanted"] as readonly number[]).map((each) => each === 1);
  t.deepEqual([{ ...shown, wanted }], torrents);
});

test("a table has the names first, and then the values of each torrent", async (t) => {
  const service = new TransmissionService(numberedRows(2), { files: [exampleFile()] });
  const given = { fields: ["id", "hashString", "wanted", "downloadDir"], format: "table" };
  const classic = await service.classic("torrent-get", given);
  t.deepEqual(classic.arguments["torrents"], [
    ["id", "hashString", "wanted", "downloadDir"],
    [1, hashOf(1), [1], "/data"],
    [2, hashOf(2), [1], "/data"],
  ]);
  const fields = ["id", "hash_string", "wanted"];
  const { torrents } = await service.result("torrent_get", { fields, format: "table", ids: 2 });
  t.deepEqual(torrents, [fields, [2, hashOf(2), [true]]]);
});

test("torrents are named by number, by hash, by a list of both, or not at all", async (t) => {
  const service = new TransmissionService(numberedRows(3));
  const numbers = async (ids: unknown): Promise<unknown> => {
    const { torrents } = await service.result("torrent_get", { fields: ["id"], ids });
    return (torrents as readonly { id: number }[]).map(({ id }) => id);
  };
  t.deepEqual(await numbers(2), [2]);
  t.deepEqual(await numbers(hashOf(3)), [3]);
  t.deepEqual(await numbers([hashOf(3).toUpperCase(), 1, 1, hashOf(1), 99]), [3, 1]);
  t.deepEqual(await numbers(undefined), [1, 2, 3]);
  t.deepEqual(await numbers([]), []);
  for (const wrong of [null, {}, true, [[1]], [{}]])
    await fails(
      t,
      service.jsonRpc("torrent_get", { fields: ["id"], ids: wrong }),
      -32_602,
      /ids is .*; allowed is a number, an info-hash/,
    );
});

test("recently active torrents come with the numbers of removed ones", async (t) => {
  for (const word of ["recently-active", "recently_active"]) {
    const service = new TransmissionService(numberedRows(3));
    const { calls, time } = service;
    const [changed] = numberedRows(1, () => ({ name: "changed" }));
    if (changed === undefined) throw new Error("there is no row");
    const removed = [hashOf(2)];
    calls.live.apply({ version: 10, rows: [changed], removed }, time.nowMs() - 60_000);
    t.deepEqual(await service.result("torrent_get", { fields: ["name"], ids: word }), {
      removed: [2],
      torrents: [{ name: "changed" }],
    });
    time.advance(1);
    t.deepEqual(await service.result("torrent_get", { fields: ["name"], ids: word }), {
      removed: [],
      torrents: [],
    });
  }
});

test("unknown fields are left out, and a call without a known one is refused", async (t) => {
  const service = new TransmissionService(numberedRows(1));
  t.deepEqual(await service.fields("name", "fileCount", "constructor", "name"), { name: "a film" });
  const classic = await service.classic("torrent-get", { fields: ["file-count", "fileCount"] });
  t.deepEqual(classic.arguments["torrents"], [{ "file-count": 1 }]);
  for (const fields of [undefined, [], ["nothing"], [1]])
    await fails(t, service.jsonRpc("torrent_get", { fields }), -32_602, /^no fields specified$/);
});

test("fields of rows ask the engine nothing about a torrent", async (t) => {
  const service = new TransmissionService(numberedRows(5), wholeAnswers);
  const details = new Set(Object.keys(specObjectKeys).filter((name) => name !== "trackers"));
  const others = [
    ...["availability", "bytes_completed", "pieces", "priorities", "wanted", "webseeds"],
  ];
  const fields = specTorrentFields.filter((name) => !details.has(name) && !others.includes(name));
  await service.result("torrent_get", { fields });
  await Promise.resolve();
  t.deepEqual(
    service.calls.asked.filter((question) => !question.startsWith("metainfo")),
    [],
  );
});

test("details are asked for of the torrents that are named, each question once", async (t) => {
  const service = new TransmissionService(numberedRows(9), wholeAnswers);
  const fields = ["files", "file_stats", "wanted", "peers", "comment"];
  await service.result("torrent_get", { fields, ids: [2, 5] });
  t.deepEqual(service.calls.asked.toSorted(), [
    ...["files 2", "files 5", "metainfo 2", "metainfo 5", "peers 2", "peers 5"],
  ]);
});

test("a list asks for comments in the background, and the next list has them", async (t) => {
  const service = new TransmissionService(numberedRows(2), wholeAnswers);
  t.deepEqual(await service.fields("comment", "date_created"), { comment: "", date_created: 0 });
  while (service.calls.asked.length < 2) await Promise.resolve();
  await new Promise(setImmediate);
  t.deepEqual(await service.fields("comment", "creator", "date_created"), {
    comment: "a comment",
    creator: "a program",
    date_created: 1_600_000_000,
  });
  t.deepEqual(service.calls.asked.toSorted(), ["metainfo 1", "metainfo 2"]);
});

test("web seeds that send are asked for of torrents that receive alone", async (t) => {
  const sending = { url: "http://seed.example/", state: "connected", downloadedBytes: 1 };
  const service = new TransmissionService(
    numberedRows(3, (number) => ({ downBytesPerSecond: number === 2 ? 1_000 : 0 })),
    { "web-seeds": [{ ...sending, downBytesPerSecond: 1_000 }] },
  );
  const { torrents } = await service.result("torrent_get", { fields: ["webseeds_sending_to_us"] });
  t.deepEqual(
    torrents,
    [0, 1, 0].map((count) => ({ webseeds_sending_to_us: count })),
  );
  t.deepEqual(service.calls.asked, ["web-seeds 2"]);
});

test("a torrent that is gone before its details came is left out", async (t) => {
  const gone = new TroupeError("no-torrent", "there is no such torrent");
  const service = new TransmissionService(numberedRows(2), { files: gone });
  t.deepEqual(await service.result("torrent_get", { fields: ["id", "files"] }), { torrents: [] });
});

test("a torrent without metadata, or in quarantine, has empty details", async (t) => {
  const answers = {
    ...{ pieces: new TroupeError("metadata-unknown", "the metadata has not come") },
    ...{ metainfo: new TroupeError("metadata-unknown", "the metadata has not come") },
    ...{ tiers: new TroupeError("quarantined", "the torrent is quarantined") },
  };
  const service = new TransmissionService([exampleRow({ trackers: [] })], answers);
  const fields = ["pieces", "availability", "tracker_stats", "comment"];
  t.deepEqual(await service.result("torrent_get", { fields, ids: 1 }), {
    torrents: [{ pieces: "", availability: [], tracker_stats: [], comment: "" }],
  });
});

test("an engine that does not answer a question fails the call", async (t) => {
  const lost = new TroupeError("engine-restarting", "the engine restarts");
  const service = new TransmissionService(numberedRows(1), { peers: lost });
  await fails(t, service.jsonRpc("torrent_get", { fields: ["peers"] }), 5, /the engine restarts/);
});

test("lists answer while the engine tells no settings", async (t) => {
  const lost = new TroupeError("engine-restarting", "the engine restarts");
  const service = new TransmissionService(numberedRows(1), { "engine-settings": lost });
  t.deepEqual(await service.fields("is_finished", "eta"), { is_finished: false, eta: -1 });
});

test("a long list gives way to other calls every 250 torrents", async (t) => {
  const service = new TransmissionService(numberedRows(600));
  const answer = service.result("torrent_get", { fields: ["id"] });
  let turns = 0;
  let isDone = false;
  void answer.then(() => (isDone = true));
  while (!isDone) {
    await new Promise(setImmediate);
    if (service.time.pending > 0) turns++;
    service.time.advance(1);
  }
  t.is(turns, 2);
  t.is(((await answer)["torrents"] as readonly unknown[]).length, 600);
});
