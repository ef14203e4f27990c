import test from "ava";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { exampleRow } from "../support/example-row.ts";
import { QbittorrentClient } from "../support/qbittorrent-client.ts";

const hash = "aa".repeat(20);

const lifetime = {
  downloadedBytes: 410_000,
  uploadedBytes: 205_000,
  wastedBytes: 5,
  failedHashBytes: 0,
  protocolDownBytes: 0,
  protocolUpBytes: 0,
  seedSeconds: 10.9,
  activeSeconds: 600.9,
  downloadSeconds: 590,
};

/** A torrent that downloads, and each field of it as qBittorrent 4.5.2 has it. */
const busy = exampleRow({
  infoHashV1: hash,
  infoHashV2: "bb".repeat(32),
  state: "active",
  isComplete: false,
  isSeed: false,
  isForced: false,
  queuePosition: 4,
  labels: ["x", "y"],
  group: "films",
  sizeBytes: 2_000_000,
  wantedBytes: 1_600_000,
  haveBytes: 400_000,
  leftBytes: 1_200_000,
  downloadedBytes: 300_000,
  uploadedBytes: 100_000,
  downBytesPerSecond: 1_000.4,
  upBytesPerSecond: 20.6,
  peers: 7,
  seeds: 3,
  swarmSeeds: 30,
  swarmLeechers: 40,
  availability: 3.25,
  addedAt: 1_700_000_000_999,
  activeAt: 1_700_000_500_001,
  etaSeconds: 1_199.5,
  lifetime,
  settings: {
    sequential: true,
    firstLastPieces: true,
    superSeed: true,
    limits: { down: 5_000, up: 6_000 },
    goals: { ratio: 2, seedSeconds: 3_600 },
  },
});

const facts: Readonly<Record<string, unknown>> = {
  hash,
  infohash_v1: hash,
  infohash_v2: "bb".repeat(32),
  name: "a film",
  magnet_uri: `magnet:?xt=urn:btih:${hash}`,
  size: 1_600_000,
  total_size: 2_000_000,
  progress: 0.25,
  completed: 400_000,
  amount_left: 1_200_000,
  dlspeed: 1_000,
  upspeed: 21,
  priority: 5,
  num_seeds: 3,
  num_complete: 30,
  num_leechs: 4,
  num_incomplete: 40,
  ratio: 0.5,
  eta: 1_200,
  state: "downloading",
  seq_dl: true,
  f_l_piece_prio: true,
  super_seeding: true,
  force_start: false,
  auto_tmm: false,
  category: "films",
  tags: "x, y",
  save_path: "/data",
  download_path: "",
  content_path: "/data/a film",
  added_on: 1_700_000_000,
  completion_on: 0,
  last_activity: 1_700_000_500,
  seen_complete: 0,
  time_active: 600,
  seeding_time: 10,
  tracker: "",
  trackers_count: 1,
  dl_limit: 5_000,
  up_limit: 6_000,
  downloaded: 410_000,
  uploaded: 205_000,
  downloaded_session: 300_000,
  uploaded_session: 100_000,
  max_ratio: 2,
  max_seeding_time: 60,
  ratio_limit: 2,
  seeding_time_limit: 60,
  availability: 3.25,
};

async function infoOf(row: Partial<typeof busy>): Promise<Readonly<Record<string, unknown>>> {
  const client = new QbittorrentClient([exampleRow(row)]);
  return (await client.get("torrents/info")).json[0];
}

for (const [name, value] of Object.entries(facts)) {
  test(`${name} of a torrent that downloads is ${JSON.stringify(value)}`, async (t) => {
    t.is((await infoOf(busy))[name], value);
  });
}

test("a torrent has the 49 fields of qBittorrent 4.5.2, and no other", async (t) => {
  const names = Object.keys(await infoOf(busy)).toSorted();
  t.is(names.length, 49);
  t.deepEqual(names, Object.keys(facts).toSorted());
});

test("a torrent without peers has the copy of its own pieces, and one without pieces none", async (t) => {
  const { availability: _, ...rest } = exampleRow(busy);
  const alone = { ...rest, pieces: 4, finishedPieces: 1 };
  const seen = async (row: TorrentRow): Promise<unknown> =>
    (await new QbittorrentClient([row]).get("torrents/info")).json[0].availability;
  t.is(await seen(alone), 0.25);
  t.is(await seen({ ...alone, pieces: 0, finishedPieces: 0, hasMetadata: false }), 0);
});

test("escapes of a magnet link have small digits", async (t) => {
  const magnet = "magnet:?xt=urn:btih:AB&tr=http%3A%2F%2Fone.example%2Fannounce";
  const link = "magnet:?xt=urn:btih:AB&tr=http%3a%2f%2fone.example%2fannounce";
  t.is((await infoOf({ magnet }))["magnet_uri"], link);
});

test("a complete torrent has no place in the queue and an end that is not known", async (t) => {
  const info = await infoOf({ completedAt: 1_700_000_000_000, queuePosition: 3 });
  t.like(info, { priority: 0, eta: 8_640_000, progress: 1, availability: -1 });
  t.like(info, { completion_on: 1_700_000_000, amount_left: 0, state: "stalledUP" });
});

test("the end of a seed is that of the goal that it reaches first", async (t) => {
  const counts = { downloadedBytes: 1_000, uploadedBytes: 500, seedSeconds: 60 };
  const etaOf = async (goals: object, row: Partial<typeof busy> = {}) => {
    const seed = {
      lifetime: { ...lifetime, ...counts },
      upBytesPerSecond: 10,
      settings: { goals },
    };
    return (await infoOf({ ...seed, ...row }))["eta"];
  };
  t.is(await etaOf({ seedSeconds: 3_600 }), 3_540);
  t.is(await etaOf({ ratio: 2 }), 150);
  t.is(await etaOf({ ratio: 2, seedSeconds: 100 }), 40);
  t.is(await etaOf({ ratio: 0.1 }), 0);
  t.is(await etaOf({ ratio: 2 }, { upBytesPerSecond: 0 }), 8_640_000);
  t.is(await etaOf({ ratio: 2, action: "none" }), 8_640_000);
  t.is(await etaOf({ seedSeconds: 100 }, { state: "stopped" }), 8_640_000);
  t.is(await etaOf({}), 8_640_000);
});

test("a magnet has the sizes of qBittorrent before its metadata is known", async (t) => {
  const info = await infoOf({
    ...{ hasMetadata: false, isComplete: false, isSeed: false, state: "metadata", files: 0 },
    ...{ sizeBytes: 0, wantedBytes: 0, haveBytes: 0, pieces: 0, finishedPieces: 0 },
  });
  t.like(info, { total_size: -1, size: 0, progress: 0, content_path: "", state: "metaDL" });
});

test("limits that are not set are -2 for goals and 0 for rates", async (t) => {
  const info = await infoOf({});
  t.like(info, { ratio_limit: -2, seeding_time_limit: -2, max_ratio: -1, max_seeding_time: -1 });
  t.like(info, { dl_limit: 0, up_limit: 0 });
});

test("a torrent that has no goals has no limits", async (t) => {
  const info = await infoOf({ settings: { goals: { action: "none", ratio: 2 } } });
  t.like(info, { ratio_limit: -1, seeding_time_limit: -1, max_ratio: -1, max_seeding_time: -1 });
});

test("the ratio counts files that were there before as received", async (t) => {
  const have = { haveBytes: 1_000, downloadedBytes: 0 };
  t.is((await infoOf({ ...have, uploadedBytes: 500 }))["ratio"], 0.5);
  t.is((await infoOf({ haveBytes: 0, downloadedBytes: 0, uploadedBytes: 0 }))["ratio"], 0);
  t.is((await infoOf({ haveBytes: 0, downloadedBytes: 0, uploadedBytes: 5 }))["ratio"], 9_999);
});

test("counts of the swarm are those of the connected peers while no tracker has told them", async (t) => {
  const info = await infoOf({ peers: 5, seeds: 2 });
  t.like(info, { num_seeds: 2, num_leechs: 3, num_complete: 2, num_incomplete: 3 });
});

test("a torrent on its way to its final folder has both folders", async (t) => {
  const row = { directory: "/incomplete", settings: { moveTo: "/data" } };
  t.like(await infoOf({ ...row, isComplete: false, isSeed: false }), {
    save_path: "/data",
    download_path: "/incomplete",
    content_path: "/incomplete/a film",
  });
  t.like(await infoOf(row), { save_path: "/incomplete", download_path: "" });
});
