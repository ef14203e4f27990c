// `pnpm bench:load-peers`: what the light peers of load tests cost, without the load tester.
//
//   --idle N, --leechers N, --swarm N   peers of the parts (10000, 5000, 1000); 0 leaves the part out
//   --depth N                           requests outstanding of each peer of the swarm (8)
//
// Targets are the command of this repository, and the C seeder for the swarm, which runs in turns with the swarm in C.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodePorts } from "@troupe/actor-runtime";
import {
  openPeerTorrent,
  patternPieceLength,
  patternTorrent,
  writePattern,
} from "@troupe/load-peers";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { buildNative } from "../support/native.ts";
import { Seeder } from "../support/seeder.ts";
import { table } from "../support/statistics.ts";
import type { PeersReport } from "./peers-run.ts";

const { values } = parseArgs({
  options: {
    idle: { type: "string", default: "10000" },
    leechers: { type: "string", default: "5000" },
    swarm: { type: "string", default: "1000" },
    depth: { type: "string", default: "8" },
  },
});
const [idle, leechers, swarm] = [values.idle, values.leechers, values.swarm].map(Number);
const pattern = { lengthBytes: 64 << 20, pieceLengthBytes: 262_144, name: "pattern" };
const gibibyte = 2 ** 30;
const rows: string[][] = [["part", "figure", "result"]];

using folder = temporaryFolder("troupe-load-peers");
const ports = nodePorts();
await writePattern(ports, pattern, folder.path);
const torrentPath = join(folder.path, "pattern.torrent");
writeFileSync(torrentPath, patternTorrent(pattern));
const { metainfo } = openPeerTorrent(ports.disk, readFileSync(torrentPath), { kind: "pattern" });

const fromMs = performance.now();
const tebibyte = 2 ** 40;
const pieceLengthBytes = patternPieceLength(tebibyte);
patternTorrent({ lengthBytes: tebibyte, pieceLengthBytes, name: "big" });
rows.push(["torrent", "a .torrent of 1 TiB", `${(performance.now() - fromMs).toFixed(0)} ms`]);

if (idle !== undefined && idle > 0) {
  const { counts, rssBytes } = await atTroupe(["idle", String(idle), "2000", "3"]);
  const kibibytes = (rssBytes / 1_024 / idle).toFixed(1);
  rows.push(["idle", `${counts.opened ?? 0} connections`, `${kibibytes} KiB each`]);
}
if (leechers !== undefined && leechers > 0) {
  const { counts, longestCompletionMs } = await atTroupe(["pieces", String(leechers), "500", "3"]);
  const { completed = 0, wrong_blocks = 0, closed_by_target = 0, refused = 0 } = counts;
  rows.push([
    "leechers",
    `4 random pieces each, ${completed} of ${leechers} whole`,
    `${longestCompletionMs.toFixed(0)} ms at most`,
  ]);
  rows.push([
    "leechers",
    "wrong blocks, refused, closed",
    `${wrong_blocks}, ${refused}, ${closed_by_target}`,
  ]);
}
if (swarm !== undefined && swarm > 0) {
  const { sent, lateMs, notSent } = await atTroupe(["rate", String(swarm), "2000", "10", "10000"]);
  const [median, most] = lateMs.map((ms) => ms.toFixed(2));
  rows.push(["open load", `${sent} sent, ${notSent} not`, `late by ${median} ms, p99 ${most} ms`]);
  const [ours, theirs] = [await ownSwarm(swarm), await nativeSwarm(swarm)];
  rows.push(["swarm", "light peers, compared", `${ours.toFixed(3)} CPU-s/GiB`]);
  rows.push(["swarm", "in C, uncompared", `${theirs.toFixed(3)} CPU-s/GiB`]);
  rows.push(["swarm", "ratio", (ours / theirs).toFixed(2)]);
}
console.log(table(rows));

/** Runs peers at `troupe seed`. */
async function atTroupe([kind = "", ...numbers]: readonly string[]): Promise<PeersReport> {
  const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
  await using seeder = await startProcess([
    ...[process.execPath, command, "seed", torrentPath, "--dir", folder.path, "--json"],
    ...["--state-dir", join(folder.path, "state"), "--port", "0", "--bind", "127.0.0.1"],
    ...["--no-trackers", "--no-dht", "--no-pex", "--no-lsd", "--no-port-mapping"],
    ...["--max-peers", "10000", "--upload-slots", "all"],
  ]);
  const port = await seeder.lineWhere("its port", (line) => /"port":(\d+)/.exec(line)?.[1]);
  await seeder.lineWhere("the end of its check", (line) =>
    line.includes('"code":"complete"') ? true : undefined,
  );
  return await runPeers([kind, port, torrentPath, ...numbers]);
}

async function runPeers(words: readonly string[]): Promise<PeersReport> {
  const program = fileURLToPath(new URL("peers-run.ts", import.meta.url));
  await using run = await startProcess([process.execPath, "--expose-gc", program, ...words]);
  return await lastJson<PeersReport>(run);
}

async function lastJson<Report>(run: RunningProcess): Promise<Report> {
  const { status } = await run.exited;
  if (status !== 0) throw new Error(`it ended with ${status}: ${run.tail()}`);
  return JSON.parse(run.lines.at(-1) ?? "") as Report;
}

async function startSeeder(): Promise<Seeder> {
  const { infoHash } = metainfo;
  const file = join(folder.path, pattern.name);
  return await Seeder.start({ infoHash, file, pieceLengthBytes: pattern.pieceLengthBytes });
}

/** @returns CPU seconds a GiB. */
async function ownSwarm(peers: number): Promise<number> {
  await using seeder = await startSeeder();
  const words = ["depth", String(seeder.port), torrentPath, String(peers), "2000", "8"];
  const { bytes, cpuSeconds } = await runPeers([...words, values.depth]);
  return (cpuSeconds * gibibyte) / bytes;
}

/** @returns CPU seconds a GiB. */
async function nativeSwarm(peers: number): Promise<number> {
  const program = await buildNative(new URL("../support/swarm.c", import.meta.url));
  await using seeder = await startSeeder();
  const sizes = [metainfo.infoHash, pattern.pieceLengthBytes, pattern.lengthBytes].map(String);
  const words = [String(seeder.port), ...sizes, String(peers), values.depth, "8"];
  await using run = await startProcess([program, ...words]);
  const report = await lastJson<{ bytes: number; cpuSeconds: number }>(run);
  return (report.cpuSeconds * gibibyte) / report.bytes;
}
