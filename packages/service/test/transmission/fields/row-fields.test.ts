import test from "ava";
import type { TorrentRow } from "../../../src/view/torrent-row.ts";
import { exampleRow } from "../../support/example-row.ts";
import { TransmissionService } from "../../support/transmission.ts";

const second = 1_000;
const nowMs = 1_700_001_000_000;

/** The fields of a torrent with this row. */
async function fieldsOf(
  row: Partial<TorrentRow>,
  names: readonly string[],
  engine: object = {},
): Promise<Readonly<Record<string, unknown>>> {
  const service = new TransmissionService([exampleRow(row)], { "engine-settings": engine });
  return await service.fields(...names);
}

test("each state has its number, by whether bytes are left", async (t) => {
  const numbers = [
    ["stopped", 0, 0],
    ["stopping", 0, 0],
    ["paused", 0, 0],
    ["error", 0, 0],
    ["checking", 2, 2],
    ["queued", 3, 5],
    ["metadata", 4, 6],
    ["starting", 4, 6],
    ["active", 4, 6],
  ] as const;
  for (const [state, withLeft, done] of numbers) {
    t.is((await fieldsOf({ state, leftBytes: 1 }, ["status"]))["status"], withLeft, state);
    t.is((await fieldsOf({ state, leftBytes: 0 }, ["status"]))["status"], done, state);
  }
  const magnet = { state: "metadata", leftBytes: 0, hasMetadata: false } as const;
  t.deepEqual(await fieldsOf(magnet, ["status", "metadata_percent_complete"]), {
    status: 4,
    metadata_percent_complete: 0,
  });
});

test("the progress is that of the wanted files, and that of all", async (t) => {
  const row = { sizeBytes: 1_000, wantedBytes: 400, leftBytes: 100, haveBytes: 300 };
  const names = ["percent_done", "percent_complete", "left_until_done", "size_when_done"];
  t.deepEqual(await fieldsOf(row, [...names, "have_valid", "total_size"]), {
    percent_done: 0.75,
    percent_complete: 0.3,
    left_until_done: 100,
    size_when_done: 400,
    have_valid: 300,
    total_size: 1_000,
  });
  const empty = { sizeBytes: 0, wantedBytes: 0, leftBytes: 0, haveBytes: 0 };
  t.deepEqual(await fieldsOf(empty, ["percent_done", "percent_complete", "upload_ratio"]), {
    percent_done: 0,
    percent_complete: 0,
    upload_ratio: -1,
  });
});

test("counts are those of all runs, once they are known", async (t) => {
  const names = ["downloaded_ever", "uploaded_ever", "corrupt_ever", "seconds_seeding"];
  const run = { downloadedBytes: 10, uploadedBytes: 20, failedHashBytes: 3 };
  t.deepEqual(await fieldsOf(run, names), {
    downloaded_ever: 10,
    uploaded_ever: 20,
    corrupt_ever: 3,
    seconds_seeding: 0,
  });
  const lifetime = {
    ...{ downloadedBytes: 100, uploadedBytes: 200, wastedBytes: 0, failedHashBytes: 30 },
    ...{
      protocolDownBytes: 0,
      protocolUpBytes: 0,
      seedSeconds: 59.6,
      downloadSeconds: 7,
      activeSeconds: 70,
    },
  };
  t.deepEqual(await fieldsOf({ ...run, lifetime }, [...names, "seconds_downloading"]), {
    downloaded_ever: 100,
    uploaded_ever: 200,
    corrupt_ever: 30,
    seconds_seeding: 60,
    seconds_downloading: 7,
  });
});

test("dates are seconds, and 0 before the event", async (t) => {
  const names = ["added_date", "done_date", "activity_date"];
  const row = { addedAt: 5_999, completedAt: 7_000, activeAt: 8_000 };
  t.deepEqual(await fieldsOf(row, names), { added_date: 5, done_date: 7, activity_date: 8 });
  t.deepEqual(await fieldsOf({ addedAt: 1_000 }, names), {
    added_date: 1,
    done_date: 0,
    activity_date: 0,
  });
});

test("an error of the torrent is a local one, with its sentence", async (t) => {
  const fault = { code: "disk-full", message: "the disk is full" };
  t.deepEqual(await fieldsOf({ fault }, ["error", "error_string"]), {
    error: 3,
    error_string: "the disk is full",
  });
  const warned = { warnings: ["two trackers were left out"] };
  t.deepEqual(await fieldsOf(warned, ["error", "error_string"]), { error: 0, error_string: "" });
});

test("the time left is -2 where the rate gives none, and -1 where nothing is awaited", async (t) => {
  const eta = async (row: Partial<TorrentRow>, engine: object = {}): Promise<unknown> =>
    (await fieldsOf(row, ["eta"], engine))["eta"];
  const loading = { leftBytes: 1, isComplete: false } as const;
  t.is(await eta({ ...loading, etaSeconds: 12.4 }), 12);
  t.is(await eta({ ...loading, availability: 1 }), -2);
  t.is(await eta({ ...loading, availability: 0.5 }), -1, "no peer has some of the pieces");
  t.is(await eta(loading), -1, "there is no peer");
  t.is(await eta({ leftBytes: 0, hasMetadata: false, state: "metadata" }), -2);
  t.is(await eta({ ...loading, state: "stopped" }), -1);
  t.is(await eta({}), -1);
  const ratio = { goals: { ratio: 2 } };
  t.is(await eta({ settings: ratio }), -2);
  const sending = { haveBytes: 1_000, downloadedBytes: 0, uploadedBytes: 500 };
  t.is(await eta({ ...sending, settings: ratio, upBytesPerSecond: 100 }), 15);
  t.is(await eta({ ...sending, upBytesPerSecond: 100 }, ratio), 15);
});

test("the idle time left is that of a seed that sends nothing", async (t) => {
  const idle = async (row: Partial<TorrentRow>): Promise<unknown> =>
    (await fieldsOf(row, ["eta_idle"], { goals: { idleSeconds: 600 } }))["eta_idle"];
  t.is(await idle({ activeAt: nowMs - 100 * second }), 500);
  t.is(await idle({ activeAt: nowMs - 700 * second }), 0);
  t.is(await idle({ activeAt: nowMs, upBytesPerSecond: 5 }), -1);
  t.is(await idle({ activeAt: nowMs, state: "stopped" }), -1);
});

test("a torrent is finished when it has stopped at a goal in force", async (t) => {
  const isFinished = async (row: Partial<TorrentRow>, engine: object = {}): Promise<unknown> =>
    (await fieldsOf(row, ["is_finished"], engine))["is_finished"];
  const stopped = { state: "stopped", uploadedBytes: 2_000_000 } as const;
  const engine = { goals: { ratio: 2 } };
  t.true(await isFinished(stopped, engine));
  t.false(await isFinished(stopped));
  t.false(await isFinished({ ...stopped, state: "active" }, engine));
  t.false(await isFinished({ ...stopped, uploadedBytes: 1_999_999 }, engine));
  t.false(await isFinished({ ...stopped, settings: { goals: { ratio: 3 } } }, engine));
  t.false(await isFinished({ ...stopped, settings: { goals: { action: "none" } } }, engine));
  t.false(await isFinished({ ...stopped, isComplete: false, leftBytes: 1 }, engine));
  const groups = { films: { goals: { ratio: 1 } } };
  t.true(
    await isFinished({ ...stopped, group: "films", settings: { group: "films" } }, { groups }),
  );
});

test("a running torrent without a block for a minute is stalled", async (t) => {
  const isStalled = async (row: Partial<TorrentRow>): Promise<unknown> =>
    (await fieldsOf(row, ["is_stalled"]))["is_stalled"];
  t.true(await isStalled({ activeAt: nowMs - 61 * second }));
  t.true(await isStalled({ addedAt: nowMs - 61 * second }));
  t.false(await isStalled({ addedAt: nowMs - 60 * second }), "it was added a minute ago");
  t.false(await isStalled({ activeAt: nowMs - 60 * second }));
  t.false(await isStalled({ upBytesPerSecond: 1 }));
  t.false(await isStalled({ state: "stopped" }));
});

test("settings of the torrent are those that it sets itself", async (t) => {
  const names = [
    ...["bandwidth_priority", "download_limit", "download_limited", "upload_limit"],
    ...["upload_limited", "peer_limit", "max_connected_peers", "seed_ratio_limit"],
    ...["seed_ratio_mode", "seed_idle_limit", "seed_idle_mode", "sequential_download"],
    "sequential_download_from_piece",
  ];
  const plain = {
    bandwidth_priority: 0,
    download_limit: 100,
    download_limited: false,
    upload_limit: 100,
    upload_limited: false,
    peer_limit: 200,
    max_connected_peers: 200,
    seed_ratio_limit: 2,
    seed_ratio_mode: 0,
    seed_idle_limit: 30,
    seed_idle_mode: 0,
    sequential_download: false,
    sequential_download_from_piece: 0,
  };
  t.deepEqual(await fieldsOf({}, names), plain);
  const settings = {
    limits: { down: 50_000, up: 0 },
    goals: { ratio: 1.5, idleSeconds: 90 },
    ...{ bandwidthPriority: "low", maxPeers: 7, fromPiece: 4 },
  };
  t.deepEqual(await fieldsOf({ settings }, names), {
    ...plain,
    ...{ bandwidth_priority: -1, download_limit: 50, download_limited: true },
    ...{ peer_limit: 7, max_connected_peers: 7, seed_ratio_limit: 1.5, seed_ratio_mode: 1 },
    ...{ seed_idle_limit: 2, seed_idle_mode: 1 },
    ...{ sequential_download: true, sequential_download_from_piece: 4 },
  });
});

test("seeding without an end is a mode of its own", async (t) => {
  const names = ["seed_ratio_mode", "seed_idle_mode", "seed_ratio_limit"];
  const endless = { goals: { ratio: 1_000_000, idleSeconds: 1_000_000_000 } };
  const none = { goals: { action: "none", ratio: 1 } };
  for (const settings of [endless, none])
    t.deepEqual(await fieldsOf({ settings }, names), {
      ...{ seed_ratio_mode: 2, seed_idle_mode: 2, seed_ratio_limit: 2 },
    });
});

test("the bytes that peers have follow from the availability", async (t) => {
  const available = async (row: Partial<TorrentRow>): Promise<unknown> =>
    (await fieldsOf({ sizeBytes: 1_000, leftBytes: 600, ...row }, ["desired_available"]))[
      "desired_available"
    ];
  t.is(await available({ availability: 1.2 }), 600);
  t.is(await available({ availability: 0.8 }), 400);
  t.is(await available({ availability: 0.1 }), 0);
  t.is(await available({}), 0);
});

test("trackers have numbers over all tiers, their scrapes and their sites", async (t) => {
  const trackers = [
    ["http://tracker.example.org:81/announce?key=1", "udp://192.0.2.1:80/announce"],
    ["https://www.tracker.example.co.uk/other"],
  ];
  const fields = await fieldsOf({ trackers }, ["trackers", "tracker_list"]);
  t.deepEqual(fields["trackers"], [
    {
      announce: "http://tracker.example.org:81/announce?key=1",
      id: 0,
      scrape: "http://tracker.example.org:81/scrape?key=1",
      sitename: "example",
      tier: 0,
    },
    {
      announce: "udp://192.0.2.1:80/announce",
      id: 1,
      scrape: "udp://192.0.2.1:80/scrape",
      sitename: "192.0.2.1",
      tier: 0,
    },
    {
      announce: "https://www.tracker.example.co.uk/other",
      id: 2,
      scrape: "",
      sitename: "example",
      tier: 1,
    },
  ]);
  const [[first, other] = [], [last] = []] = trackers;
  t.is(fields["tracker_list"], `${first}\n${other}\n\n${last}\n`);
});

test("the type of a torrent is that of its only file", async (t) => {
  const type = async (row: Partial<TorrentRow>): Promise<unknown> =>
    (await fieldsOf(row, ["primary_mime_type"]))["primary_mime_type"];
  t.is(await type({ name: "a.film.MKV", files: 1 }), "video/x-matroska");
  t.is(await type({ name: "a.film.mkv", files: 2 }), "application/octet-stream");
  t.is(await type({ name: "mkv", files: 1 }), "application/octet-stream");
});

test("trackers that are set stand in place of the torrent's own", async (t) => {
  const settings = { trackerTiers: [["http://other.example/announce"]] };
  const fields = await fieldsOf({ settings }, ["trackers", "tracker_list"]);
  t.like(fields["trackers"], [{ announce: "http://other.example/announce", id: 0 }]);
  t.is(fields["tracker_list"], "http://other.example/announce\n");
});
