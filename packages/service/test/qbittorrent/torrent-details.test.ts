import { TroupeError } from "@troupe/control";
import test from "ava";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { hashOf, QbittorrentClient, rowOf } from "../support/qbittorrent-client.ts";

const hash = hashOf("aa");
const metainfo = Buffer.from(
  `d7:comment5:hello10:created by2:me13:creation datei1700000000e4:infod6:lengthi40e4:name1:a12:piece lengthi16384e6:pieces40:${"\u0001".repeat(20)}${"\u007F".repeat(20)}ee`,
  "latin1",
).toString("base64");

const lifetime: NonNullable<TorrentRow["lifetime"]> = {
  downloadedBytes: 410_000,
  uploadedBytes: 205_000,
  wastedBytes: 55,
  failedHashBytes: 0,
  protocolDownBytes: 0,
  protocolUpBytes: 0,
  seedSeconds: 100.5,
  activeSeconds: 510.5,
  downloadSeconds: 410,
};
const row = rowOf("aa", {
  infoHashV2: "cd".repeat(32),
  ...{ addedAt: 1_700_000_000_000, completedAt: 1_700_000_600_000, peers: 5, seeds: 2 },
  ...{ swarmSeeds: 20, swarmLeechers: 30, lifetime, downBytesPerSecond: 10, upBytesPerSecond: 20 },
  ...{ settings: { limits: { down: 5_000 } }, finishedPieces: 61 },
});
const tracker = { url: "http://t.example/announce", tier: 0, failures: 0, peers: 12 };

function clientWith(answers: Readonly<Record<string, unknown>>, fields: Partial<TorrentRow> = {}) {
  return new QbittorrentClient([{ ...row, ...fields }], { metainfo, ...answers });
}

const facts: Readonly<Record<string, unknown>> = {
  hash,
  infohash_v1: hash,
  infohash_v2: "cd".repeat(32),
  name: "a film",
  is_private: false,
  save_path: "/data",
  download_path: "",
  comment: "hello",
  created_by: "me",
  creation_date: 1_700_000_000,
  addition_date: 1_700_000_000,
  completion_date: 1_700_000_600,
  last_seen: -1,
  total_size: 1_000_000,
  piece_size: 16_384,
  pieces_num: 62,
  pieces_have: 61,
  time_elapsed: 510,
  seeding_time: 100,
  eta: 8_640_000,
  nb_connections: 5,
  nb_connections_limit: 77,
  total_downloaded: 410_000,
  total_downloaded_session: 1_000_000,
  total_uploaded: 205_000,
  total_uploaded_session: 0,
  total_wasted: 55,
  dl_speed: 10,
  dl_speed_avg: 1_000,
  up_speed: 20,
  up_speed_avg: 401,
  dl_limit: 5_000,
  up_limit: -1,
  seeds: 2,
  seeds_total: 20,
  peers: 3,
  peers_total: 30,
  share_ratio: 0.5,
  reannounce: 90,
};

test("the properties of a torrent are those of qBittorrent 4.5.2", async (t) => {
  const tiers = [
    {
      complete: 1,
      incomplete: 2,
      failures: 0,
      trackers: [{ ...tracker, isWorking: true, nextInSeconds: 90.2 }],
    },
  ];
  const client = clientWith({ tiers, "engine-settings": { maxPeers: 77 } });
  const { json, status } = await client.get("torrents/properties", { hash });
  t.is(status, 200);
  for (const [name, value] of Object.entries(facts)) t.deepEqual(json[name], value, name);
  t.deepEqual(Object.keys(json).toSorted(), Object.keys(facts).toSorted());
});

test("the properties of a magnet have no sizes and dates", async (t) => {
  const error = new TroupeError("metadata-unknown", "not yet");
  const client = clientWith({ metainfo: error }, { hasMetadata: false });
  const { json } = await client.post("torrents/properties", { hash: hash.toUpperCase() });
  t.like(json, { total_size: -1, piece_size: -1, pieces_num: -1, creation_date: -1 });
  t.like(json, { completion_date: -1, comment: "", reannounce: 0 });
});

test("the properties of a quarantined torrent are shown", async (t) => {
  const client = clientWith({ tiers: new TroupeError("quarantined", "crashed twice") });
  t.is((await client.get("torrents/properties", { hash })).status, 200);
});

test("while the engine restarts, properties are refused with 503 and a time to ask again", async (t) => {
  const client = clientWith({ tiers: new TroupeError("engine-restarting", "it restarts") });
  const { headers, status } = await client.get("torrents/properties", { hash });
  t.is(status, 503);
  t.is(headers["Retry-After"], "1");
});

const questions = ["properties", "files", "trackers", "webseeds", "pieceStates"].concat([
  ...["pieceHashes", "export"],
]);
for (const question of questions.map((name) => `torrents/${name}`).concat("sync/torrentPeers")) {
  test(`${question} without a hash is refused with 400, and of an unknown torrent with 404`, async (t) => {
    const client = clientWith({});
    t.is((await client.get(question)).status, 400);
    t.is((await client.get(question, { hash: "zz" })).status, 404);
    t.is((await client.post(question, { hash: hashOf("bb") })).status, 404);
  });
}

const file = {
  ...{ torrentPath: "film/a.mkv", offset: 0, priority: 1, isPadding: false, isInPartFile: false },
};
const files = [
  { ...file, path: "/data/film/a.mkv", lengthBytes: 40, haveBytes: 10, pieceRange: [0, 2] },
  { ...file, path: "/data/film/.pad/1", lengthBytes: 8, haveBytes: 0, isPadding: true },
  { ...file, path: "/data/film/b.nfo", lengthBytes: 0, haveBytes: 0, offset: 32_768, priority: 0 },
  {
    ...file,
    path: "/elsewhere/c",
    lengthBytes: 10,
    haveBytes: 10,
    pieceRange: [3, 3],
    priority: 9,
  },
];

test("files are numbered without padding, with paths below the data folder", async (t) => {
  const client = clientWith({ files }, { isSeed: false, isComplete: false });
  const { json } = await client.get("torrents/files", { hash });
  const common = { availability: 0 };
  t.deepEqual(json, [
    {
      ...common,
      index: 0,
      name: "film/a.mkv",
      size: 40,
      progress: 0.25,
      priority: 1,
      piece_range: [0, 2],
      is_seed: false,
    },
    {
      ...common,
      index: 1,
      name: "film/b.nfo",
      size: 0,
      progress: 1,
      priority: 0,
      piece_range: [2, 2],
    },
    {
      ...common,
      index: 2,
      name: "film/a.mkv",
      size: 10,
      progress: 1,
      priority: 7,
      piece_range: [3, 3],
    },
  ]);
});

test("files are chosen by their numbers, and wrong numbers are refused with 409", async (t) => {
  const client = clientWith({ files });
  const { json } = await client.get("torrents/files", { hash, indexes: "2|0" });
  t.deepEqual(
    json.map(({ index }: { index: number }) => index),
    [2, 0],
  );
  for (const indexes of ["3", "-1", "x", ""])
    t.is((await client.get("torrents/files", { hash, indexes })).status, 409, indexes);
});

test("a magnet has no files, and no pieces", async (t) => {
  const client = clientWith(
    { metainfo: new TroupeError("metadata-unknown", "not yet") },
    { hasMetadata: false },
  );
  for (const question of ["files", "pieceStates", "pieceHashes"])
    t.is((await client.get(`torrents/${question}`, { hash })).text, "[]");
  t.is((await client.get("torrents/export", { hash })).status, 409);
});

test("pieces are had or missing", async (t) => {
  const pieces = { pieces: 10, had: Buffer.of(0b1010_0000, 0b0100_0000).toString("base64") };
  const { json } = await clientWith({ pieces }).get("torrents/pieceStates", { hash });
  t.deepEqual(json, [2, 0, 2, 0, 0, 0, 0, 0, 0, 2]);
});

test("hashes of pieces and the .torrent come from the metainfo", async (t) => {
  const client = clientWith({});
  const { json } = await client.get("torrents/pieceHashes", { hash });
  t.deepEqual(json, ["01".repeat(20), "7f".repeat(20)]);
  const { headers, text } = await client.get("torrents/export", { hash });
  t.is(Buffer.from(text, "latin1").toString("base64"), metainfo);
  t.is(headers["Content-Type"], "application/x-bittorrent");
});

const peer = {
  ...{
    host: "192.0.2.1",
    port: 6_881,
    isIncoming: false,
    transport: "tcp",
    sources: ["dht-internet"],
    client: "C 1",
  },
  ...{ haveShare: 1, downloadedBytes: 5, uploadedBytes: 6, downBytesPerSecond: 7.4 },
  ...{ upBytesPerSecond: 8, flags: "DIX" },
};

test("trackers come after the three sources of peers, with the states of qBittorrent", async (t) => {
  const trackers = [
    { ...tracker, isWorking: true, complete: 3, incomplete: 4 },
    { ...tracker, url: "udp://b.example", tier: 1, isWorking: false, error: "no answer" },
    { ...tracker, url: "udp://c.example", tier: 1, isWorking: false },
  ];
  const peers = [peer, { ...peer, haveShare: 0.5, sources: ["pex-local", "dht-local"] }];
  const client = clientWith({ tiers: [{ trackers }], peers });
  const { json } = await client.get("torrents/trackers", { hash });
  const none = { num_peers: 0, num_downloaded: 0, msg: "", status: 2, tier: -1 };
  t.deepEqual(json, [
    { ...none, url: "** [DHT] **", num_seeds: 1, num_leeches: 1 },
    { ...none, url: "** [PeX] **", num_seeds: 0, num_leeches: 1 },
    { ...none, status: 0, url: "** [LSD] **", num_seeds: 0, num_leeches: 0 },
    {
      url: tracker.url,
      tier: 0,
      status: 2,
      msg: "",
      num_peers: 12,
      num_seeds: 3,
      num_leeches: 4,
      num_downloaded: -1,
    },
    {
      url: "udp://b.example",
      tier: 1,
      status: 4,
      msg: "no answer",
      num_peers: -1,
      num_seeds: -1,
      num_leeches: -1,
      num_downloaded: -1,
    },
    {
      url: "udp://c.example",
      tier: 1,
      status: 1,
      msg: "",
      num_peers: -1,
      num_seeds: -1,
      num_leeches: -1,
      num_downloaded: -1,
    },
  ]);
});

test("a private torrent has its trackers alone", async (t) => {
  const client = clientWith(
    { tiers: new TroupeError("quarantined", "crashed") },
    { isPrivate: true },
  );
  const { json } = await client.get("torrents/trackers", { hash });
  for (const source of json.slice(0, 3))
    t.like(source, { status: 0, msg: "This torrent is private" });
  t.like(json[3], { url: "http://tracker.example/announce", tier: 0, status: 1 });
});

test("web seeds are their URLs", async (t) => {
  const seeds = [{ url: "http://w.example/", state: "idle" }];
  const { json } = await clientWith({ "web-seeds": seeds }).get("torrents/webseeds", { hash });
  t.deepEqual(json, [{ url: "http://w.example/" }]);
});

test("peers have their addresses as keys, and come whole each time", async (t) => {
  const peers = [peer, { ...peer, host: "2001:db8::1", flags: "" }];
  const client = clientWith({ peers });
  const { json } = await client.get("sync/torrentPeers", { hash, rid: "7" });
  t.like(json, { rid: 8, full_update: true, show_flags: false });
  t.deepEqual(Object.keys(json.peers), ["192.0.2.1:6881", "[2001:db8::1]:6881"]);
  t.deepEqual(json.peers["192.0.2.1:6881"], {
    ...{ peer_id_client: "", connection: "BT", relevance: 0, files: "", ip: "192.0.2.1" },
    ...{ port: 6_881, client: "C 1", progress: 1, dl_speed: 7, up_speed: 8, downloaded: 5 },
    ...{ uploaded: 6, flags: "D I X" },
    flags_desc: "D = the peer sends\nI = incoming connection\nX = from peer exchange",
  });
  t.is((await client.post("sync/torrentPeers", { hash, rid: "-5" })).json.rid, 1);
});
