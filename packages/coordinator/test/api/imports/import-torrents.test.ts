import { existsSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { importTorrents } from "../../../src/api/imports/import-torrents.ts";
import type {
  ImportedTorrent,
  ImportTorrentsOptions,
} from "../../../src/api/imports/imported-torrents.ts";
import { ClientState, dataSeconds, pieceCount } from "../../support/client-states.ts";

async function imported(
  t: ExecutionContext,
  state: ClientState,
  from: string,
  options: Partial<ImportTorrentsOptions> = {},
): Promise<ImportedTorrent> {
  const { stateDirectory } = state;
  const { torrents } = await importTorrents(from, { stateDirectory, ...options });
  t.is(torrents.length, 1);
  const [torrent] = torrents;
  if (torrent === undefined) throw new Error("no torrent was found");
  return torrent;
}

test("L19: Transmission 4 vouches for files by their times, and no sample is hashed", async (t) => {
  using state = new ClientState();
  const from = state.transmission({
    uploaded: 7,
    downloaded: 9,
    labels: ["films"],
    dnd: [0, 1],
    priority: [1, 0],
    "ratio-limit": { "ratio-limit": "1.500000", "ratio-mode": 1 },
    "idle-limit": { "idle-limit": 30, "idle-mode": 1 },
    "speed-limit-up": { "speed-Bps": 50_000, "use-speed-limit": 1 },
  });
  const torrent = await imported(t, state, from);
  t.like(torrent, {
    outcome: "imported",
    infoHash: state.infoHash,
    directory: state.data,
    isStarted: true,
    hadPieces: pieceCount,
    samples: 0,
    hashedFiles: 0,
    downloadedBytes: 9,
    uploadedBytes: 7,
    labels: ["films"],
    settings: ["goals.idleSeconds", "goals.ratio", "labels", "limits.up"],
    leftOut: [],
  });
});

test("L19: Transmission 3 records checks and no times, so samples are hashed", async (t) => {
  using state = new ClientState();
  const progress = { blocks: "all", "time-checked": [dataSeconds + 5, dataSeconds + 5] };
  t.like(await imported(t, state, state.transmission({ progress })), {
    hadPieces: pieceCount,
    samples: 4,
  });
});

test("L19: a file of Transmission 3 that is younger than its last check is hashed", async (t) => {
  using state = new ClientState();
  const progress = { blocks: "all", "time-checked": [dataSeconds - 1, dataSeconds] };
  t.like(await imported(t, state, state.transmission({ progress })), {
    hadPieces: 2,
    hashedFiles: 1,
  });
});

test("L19: a piece of Transmission counts when all its blocks do", async (t) => {
  using state = new ClientState();
  // Ten blocks: the fourth is missing, and with it the second piece.
  const blocks = Buffer.from([0b1110_1111, 0b1100_0000]);
  const progress = { blocks, mtimes: [dataSeconds, dataSeconds] };
  const torrent = await imported(t, state, state.transmission({ progress }));
  t.is(torrent.hadPieces, pieceCount - 1);
  t.true(torrent.settings.includes("partSuffix"));
});

test("L19: rtorrent vouches for files by their times, and its labels and trackers come along", async (t) => {
  using state = new ClientState();
  const trackers = {
    "http://127.0.0.1:1/announce": { enabled: 0 },
    "http://127.0.0.1:2/announce": { enabled: 1 },
  };
  const own = { custom1: "films%2Cnew", total_uploaded: 5, state: 0 };
  t.like(await imported(t, state, state.rtorrent(own, { trackers })), {
    directory: state.data,
    hadPieces: pieceCount,
    samples: 0,
    isStarted: false,
    labels: ["films", "new"],
    uploadedBytes: 5,
    settings: ["labels", "trackerTiers"],
  });
});

test("L19: pieces that rtorrent has not synced have their files hashed", async (t) => {
  using state = new ClientState();
  const uncertain_pieces = Buffer.from([0, 0, 0, 1]);
  t.like(await imported(t, state, state.rtorrent({}, { uncertain_pieces })), {
    hadPieces: 0,
    hashedFiles: 2,
  });
});

test("L19: two pieces of each file of qBittorrent are hashed as samples", async (t) => {
  using state = new ClientState();
  const from = state.qbittorrent({
    "qBt-category": "tv",
    "qBt-tags": ["x", "y"],
    "qBt-ratioLimit": 1_500,
    "qBt-seedingTimeLimit": 60,
    "qBt-name": "Another",
    file_priority: [6, 0],
    mapped_files: ["", "album/bee"],
    upload_rate_limit: 50_000,
    total_uploaded: 3,
  });
  state.writeData("bee", Buffer.alloc(65_536));
  const torrent = await imported(t, state, from);
  t.like(torrent, {
    hadPieces: pieceCount,
    samples: 4,
    labels: ["tv", "x", "y"],
    uploadedBytes: 3,
    settings: ["goals.ratio", "goals.seedSeconds", "labels", "limits.up", "renames"],
  });
  t.regex(torrent.leftOut[0] ?? "", /not "Another"/);
});

test("L19: a file that is younger than the resume data is hashed, for every client", async (t) => {
  for (const client of ["transmission", "rtorrent", "qbittorrent"] as const) {
    using state = new ClientState();
    const from = state[client]();
    state.touch("b");
    t.like(await imported(t, state, from), { hadPieces: 3, hashedFiles: 1 }, client);
  }
});

test("L19: the files of a torrent without resume data are hashed", async (t) => {
  using state = new ClientState();
  const pieces = Buffer.alloc(pieceCount);
  t.like(await imported(t, state, state.qbittorrent({ pieces })), { hadPieces: 0, hashedFiles: 2 });
});

test("L19: a file that lacks a byte of its pieces is hashed", async (t) => {
  using state = new ClientState();
  truncateSync(join(state.data, "album", "a"), 98_303);
  t.like(await imported(t, state, state.qbittorrent()), { hadPieces: 2, hashedFiles: 1 });
});

test("L19: a torrent whose data is away comes along stopped, and downloads nothing", async (t) => {
  using state = new ClientState();
  rmSync(state.data, { recursive: true });
  t.like(await imported(t, state, state.qbittorrent()), {
    outcome: "imported",
    isStarted: false,
    hadPieces: 0,
    missingFiles: 2,
  });
});

test("L19: `verify` decides whether all pieces, samples or none are hashed", async (t) => {
  using state = new ClientState();
  const from = state.qbittorrent();
  const full = await imported(t, state, from, { dryRun: true, verify: "full" });
  t.like(full, { hadPieces: 0, hashedFiles: 2, samples: 0 });
  const none = await imported(t, state, from, { dryRun: true, verify: "none" });
  t.like(none, { hadPieces: pieceCount, hashedFiles: 0, samples: 0 });
});

test("L19: a dry run writes nothing, and a second import changes nothing", async (t) => {
  using state = new ClientState();
  const from = state.transmission();
  t.is((await imported(t, state, from, { dryRun: true })).outcome, "imported");
  t.false(existsSync(state.stateDirectory));
  t.is((await imported(t, state, from)).outcome, "imported");
  const names = readdirSync(join(state.stateDirectory, "torrents"));
  t.true(names.includes(`${state.infoHash}.torrent`));
  t.is((await imported(t, state, from)).outcome, "known");
});

test("L19: a torrent that cannot be read fails alone", async (t) => {
  using state = new ClientState();
  const from = state.qbittorrent();
  const other = "a".repeat(40);
  state.write(`BT_backup/${other}.fastresume`, "d");
  const { stateDirectory } = state;
  const { torrents } = await importTorrents(from, { stateDirectory });
  t.deepEqual(torrents.map(({ outcome }) => outcome).toSorted(), ["failed", "imported"]);
  t.is(torrents.find(({ outcome }) => outcome === "failed")?.infoHash, other);
  const transmission = state.transmission();
  state.write(`tr/torrents/${other}.torrent`, state.torrent);
  const { torrents: withoutResume } = await importTorrents(transmission, { stateDirectory });
  const lost = withoutResume.find(({ infoHash }) => infoHash === other);
  t.like(lost?.error, { code: "import-malformed" });
});

test("L19: a folder of no known client and a client that runs are refused", async (t) => {
  using state = new ClientState();
  const { folder, stateDirectory } = state;
  await t.throwsAsync(importTorrents(folder, { stateDirectory }), { code: "import-not-found" });
  const from = state.rtorrent();
  state.write("rt/rtorrent.lock", `elsewhere:+${process.pid}`);
  await t.throwsAsync(importTorrents(from, { stateDirectory }), { code: "import-running" });
  t.false(existsSync(stateDirectory));
});
