// `pnpm bench:reading`: files that are read while they download.
//
//   --runs N     runs of each download, and of the jumps (8, and 5)
//   --jumps N    jumps in each run (20)
//   --only PART  `download` or `jumps` (both)
//
// A download of 1 GiB with and without a reader of 1 MB/s, in turns; the reading of the whole file from the disk; and
// jumps to random places of 1 GiB that two clients of libtorrent with upload limits of 1.5 and 0.5 MB/s give, with the
// time until the first byte.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Coordinator, type Torrent } from "@troupe/coordinator";
import { Libtorrent } from "../../test/support/clients/libtorrent.ts";
import { writePayload, type Payload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { torrentBytes, writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { quiet } from "../../test/support/swarm/quiet.ts";
import { Seeder } from "../support/seeder.ts";
import { median, spread, table } from "../support/statistics.ts";

const mebibyte = 1 << 20;
const lengthBytes = 1_024 * mebibyte;
const slowBytesPerSecond = 1e6;
const peerRates = [1.5e6, 0.5e6];
const { values } = parseArgs({
  options: {
    runs: { type: "string" },
    jumps: { type: "string", default: "20" },
    only: { type: "string" },
  },
});

using folder = temporaryFolder("troupe-reading");
if (values.only !== "jumps") console.log(await besideReader());
if (values.only !== "download") console.log(await jumps());

function payloadOf(pieceLengthBytes: number): Payload {
  const source = join(folder.path, `source-${pieceLengthBytes}`);
  return writePayload({ folder: source, name: "payload", pieceLengthBytes, files: lengthBytes });
}

/** An engine that downloads the payload from the seeders at these ports. */
async function leech(payload: Payload, ports: readonly number[]) {
  const directory = join(folder.path, "target");
  const coordinator = await Coordinator.start({
    ...quiet,
    port: 0,
    bind: ["127.0.0.1"],
    directory,
  });
  const peers = ports.map((port) => ({ host: "127.0.0.1", port }));
  const torrent = await coordinator.add(torrentBytes(payload, []), { peers });
  return {
    torrent,
    async [Symbol.asyncDispose]() {
      await coordinator.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Reads at 1 MB/s until the torrent is complete. */
async function readSlowly(torrent: Torrent): Promise<void> {
  const beganAtMs = performance.now();
  let readBytes = 0;
  for await (const bytes of torrent.read(0)) {
    readBytes += bytes.length;
    const dueMs = (readBytes * 1_000) / slowBytesPerSecond;
    while (!torrent.isComplete && performance.now() - beganAtMs < dueMs) await sleep(20);
    if (torrent.isComplete) return;
  }
}

async function besideReader(): Promise<string> {
  const payload = payloadOf(mebibyte);
  await using seeder = await Seeder.ofPayload(payload);
  const rates: Record<"alone" | "read", number[]> = { alone: [], read: [] };
  const readRates: number[] = [];
  for (let run = 0; run < Number(values.runs ?? 8); run++) {
    for (const how of run % 2 === 0 ? (["alone", "read"] as const) : (["read", "alone"] as const)) {
      await using leecher = await leech(payload, [seeder.port]);
      const { torrent } = leecher;
      const beganAtMs = performance.now();
      const reading = how === "read" ? readSlowly(torrent) : undefined;
      await torrent.completed;
      rates[how].push(lengthBytes / 1_000 / (performance.now() - beganAtMs));
      await reading;
    }
  }
  // Behind the runs, because a run is slower after a reading of the whole file.
  await using leecher = await leech(payload, [seeder.port]);
  await leecher.torrent.completed;
  for (let run = 0; run < 3; run++) readRates.push(await readWhole(leecher.torrent));
  const ratios = rates.read.map((rate, run) => rate / (rates.alone[run] ?? Number.NaN));
  return table([
    ["", "MB/s"],
    ["a download of 1 GiB", spread(rates.alone, 0)],
    ["beside a reader of 1 MB/s", spread(rates.read, 0)],
    ["ratio (bar 0.95)", spread(ratios, 3)],
    ["reading of the complete file", spread(readRates, 0)],
  ]);
}

async function readWhole(torrent: Torrent): Promise<number> {
  const beganAtMs = performance.now();
  let readBytes = 0;
  for await (const bytes of torrent.read(0)) readBytes += bytes.length;
  return readBytes / 1_000 / (performance.now() - beganAtMs);
}

async function jumps(): Promise<string> {
  const rows = [["pieces", "jumps", "first byte, p50 s", "p95 s", "allowed s"]];
  const bytesPerSecond = peerRates.reduce((sum, rate) => sum + rate, 0);
  for (const [size, pieceLengthBytes] of [
    ["256 KiB", mebibyte / 4],
    ["1 MiB", mebibyte],
    ["4 MiB", 4 * mebibyte],
  ] as const) {
    const payload = payloadOf(pieceLengthBytes);
    const tookMs: number[] = [];
    for (let run = 0; run < Number(values.runs ?? 5); run++)
      tookMs.push(...(await jumpThrough(payload, Number(values.jumps))));
    const sorted = tookMs.toSorted((one, other) => one - other);
    const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN;
    const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
    const allowedMs = 500 + (pieceLengthBytes * 1_000) / bytesPerSecond;
    const figures = [median(tookMs), p95, allowedMs].map(seconds);
    rows.push([size, String(tookMs.length), ...figures]);
  }
  return table(rows);
}

/** @returns The time of each jump to a missing place until its first byte. */
async function jumpThrough(payload: Payload, count: number): Promise<readonly number[]> {
  await using stack = new AsyncDisposableStack();
  const { path } = writeTorrentFile(payload);
  const seeders = peerRates.map((upLimit) =>
    Libtorrent.seed({ torrent: path, folder: payload.folder, upLimit }),
  );
  const ports: number[] = [];
  for (const seeder of seeders) ports.push(await stack.use(await seeder).port());
  const { torrent } = stack.use(await leech(payload, ports));
  await sleep(10_000);
  const tookMs: number[] = [];
  for (let jump = 0; jump < count; jump++) {
    const start = missingPlace(torrent);
    const beganAtMs = performance.now();
    const reader = torrent.read(0, { start });
    await reader.next();
    tookMs.push(performance.now() - beganAtMs);
    await reader.return?.();
    await sleep(500);
  }
  return tookMs;
}

function missingPlace({ bitfield, pieceCount, pieceLength }: Torrent): number {
  for (;;) {
    const piece = Math.floor(Math.random() * pieceCount);
    const isHad = ((bitfield[piece >> 3] ?? 0) >> (7 - (piece & 7))) & 1;
    if (isHad === 0) return piece * pieceLength;
  }
}
