// `pnpm bench:hostile-peers`: every behaviour of the catalogue at once beside one honest transfer.
//
//   --connections N   misbehaving peers at once (2000); who is closed comes back after a while
//   --rate MB         of the honest transfer, MB/s (20): the seeder sends no faster
//   --max-peers N     the engine's own bound (as many as there are connections, so that all of them may stay)
//   --alone S, --beside S, --after S   how long each part is measured (15, 40, 60)
//   --processes N     that the crowd is spread over (1)
//
// The crowd takes processor time of the same machine: its pace is that of remote attackers, 20 kB/s for each connection,
// who come back 10 s after they were closed (in a storm: 100 ms). What they sent in fact is printed. Loopback is `local` by
// the address policy, so that nothing is counted by address here: an attack from a few hosts of the internet gets less far.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writePayload } from "../../test/support/files/payload.ts";
import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { filesAreEqual } from "../support/equal-files.ts";
import { Seeder } from "../support/seeder.ts";
import { table } from "../support/statistics.ts";
import type { CrowdFigures } from "./crowd-run.ts";
import type { Delays, EngineReport } from "./engine-run.ts";

const mebibyte = 1 << 20;
const pieceLengthBytes = 1 << 20;
/** The transfer is under way for so long before it is measured. */
const warmUpSeconds = 8;
const firstBytes = 512 * mebibyte;
const crowdPace = { bytesPerSecond: 20_000, againAfterMs: 10_000, stormAfterMs: 100 };

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "2000" },
    rate: { type: "string", default: "20" },
    "max-peers": { type: "string" },
    alone: { type: "string", default: "15" },
    beside: { type: "string", default: "40" },
    after: { type: "string", default: "60" },
    processes: { type: "string", default: "1" },
  },
});
const connections = Number(values.connections);
const bytesPerSecond = Number(values.rate) * 1e6;
const aloneSeconds = Number(values.alone);
const besideSeconds = Number(values.beside);

using folder = temporaryFolder("troupe-hostile");
const payload = writePayload({
  folder: join(folder.path, "source"),
  name: "payload",
  pieceLengthBytes,
  // The transfer is not to end before the last of the measuring.
  files:
    Math.ceil((bytesPerSecond * (warmUpSeconds + aloneSeconds + besideSeconds + 5)) / mebibyte) *
    mebibyte,
});
const torrent = writeTorrentFile(payload);
const file = join(payload.folder, payload.name);
const target = join(folder.path, "target");
mkdirSync(target);
// Downloaded and given on at full speed before anything is measured: an engine at work has used all of its payload memory
// once.
const first = writePayload({
  folder: join(folder.path, "first"),
  name: "first",
  pieceLengthBytes,
  files: firstBytes,
});
const firstTorrent = writeTorrentFile(first);

await using seeder = await Seeder.start({
  infoHash: torrent.infoHash,
  file,
  pieceLengthBytes,
  bytesPerSecond,
});
await using firstSeeder = await Seeder.start({
  infoHash: firstTorrent.infoHash,
  file: join(first.folder, first.name),
  pieceLengthBytes,
});
await using engine = await startProcess([
  process.execPath,
  fileURLToPath(new URL("engine-run.ts", import.meta.url)),
  torrent.path,
  target,
  String(seeder.port),
  values["max-peers"] ?? String(connections),
  firstTorrent.path,
  String(firstSeeder.port),
]);
const [, firstPort = ""] = await engine.lineWhere(
  "its first download",
  (line) => /^FIRST (\d+)$/.exec(line) ?? undefined,
);
await using leecher = await startProcess([
  process.execPath,
  fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url)),
  firstTorrent.path,
  ...["--dir", join(folder.path, "given"), "--state-dir", join(folder.path, "state")],
  ...["--peer", `127.0.0.1:${firstPort}`, "--port", "0", "--bind", "127.0.0.1", "--json"],
]);
const given = await leecher.exited;
if (given.status !== 0) throw new Error(`the first leecher failed: ${leecher.tail()}`);
engine.say("go on");
const [, port = ""] = await engine.lineWhere(
  "its port",
  (line) => /^READY (\d+)$/.exec(line) ?? undefined,
);

await delay(1_000 * warmUpSeconds);
const alone = await measure(aloneSeconds);
const delaysAlone = await delaysUntil("alone");
const crowd = await gatherCrowd();
const beside = await measure(besideSeconds);
const delaysBeside = await delaysUntil("beside");
const figures = crowd.map(lastFigures);
for (const process of crowd) await process.stop();
await engine.lineWhere("the end of the transfer", (line) =>
  line === "COMPLETE" ? true : undefined,
);
const isRight = filesAreEqual(file, join(target, payload.name));
await delay(1_000 * Number(values.after));
const afterBytes = rssBytes(engine);
engine.say("end");
const { status, signal } = await engine.exited;
if (status !== 0) throw new Error(`the engine ended with ${status ?? signal}: ${engine.tail()}`);
const report = JSON.parse(engine.lines.at(-1) ?? "") as EngineReport;
console.log(summary());

/** Since the start of each thread until now. */
async function delaysUntil(part: "alone" | "beside"): Promise<Delays> {
  engine.say(`delays ${part}`);
  const start = `DELAYS ${part} `;
  return await engine.lineWhere("its delays", (line) =>
    line.startsWith(start) ? (JSON.parse(line.slice(start.length)) as Delays) : undefined,
  );
}

interface Measured {
  readonly bytesPerSecond: number;
  readonly rssBytes: number;
  readonly peakBytes: number;
}

/** The honest rate as the seeder sees it, and the engine's memory, over some seconds. */
async function measure(seconds: number): Promise<Measured> {
  const fromMs = performance.now();
  const fromBytes = seeder.sentBytes();
  let peakBytes = 0;
  for (const untilMs = fromMs + 1_000 * seconds; performance.now() < untilMs;) {
    // oxlint-disable-next-line no-await-in-loop
    await delay(100);
    peakBytes = Math.max(peakBytes, rssBytes(engine));
  }
  const bytes = seeder.sentBytes() - fromBytes;
  return {
    bytesPerSecond: (1_000 * bytes) / (performance.now() - fromMs),
    rssBytes: rssBytes(engine),
    peakBytes,
  };
}

async function gatherCrowd(): Promise<readonly RunningProcess[]> {
  const processes = Number(values.processes);
  const share = Math.ceil(connections / processes);
  const run = fileURLToPath(new URL("crowd-run.ts", import.meta.url));
  const { bytesPerSecond: pace, againAfterMs, stormAfterMs } = crowdPace;
  const numbers = [share, pace, againAfterMs, stormAfterMs].map(String);
  const command = [process.execPath, run, port, torrent.path, payload.folder, ...numbers];
  const started = await Promise.all(Array.from({ length: processes }, () => startProcess(command)));
  for (const one of started) {
    // oxlint-disable-next-line no-await-in-loop
    const ports = await one.lineWhere("its ports", (line) => /^LISTENING (.*)$/.exec(line)?.[1]);
    for (const listening of ports.split(" ")) engine.say(listening);
  }
  return started;
}

function lastFigures(process: RunningProcess): CrowdFigures {
  return JSON.parse(process.lines.at(-1) ?? "") as CrowdFigures;
}

function rssBytes({ pid }: RunningProcess): number {
  const [, kibibytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1_024;
}

function summary(): string {
  const total = (figure: (one: CrowdFigures) => number): number =>
    figures.reduce((sum, one) => sum + figure(one), 0);
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const delays = (of: Delays): string =>
    Object.entries(of)
      .map(([name, { p99, max }]) => `${name} ${p99.toFixed(1)} (max ${max.toFixed(0)})`)
      .join(", ");
  const rows = [
    ["figure", "seen", "wanted"],
    ["honest rate alone, MB/s", mb(alone.bytesPerSecond), ""],
    [
      "honest rate beside the crowd, MB/s",
      `${mb(beside.bytesPerSecond)} (${((100 * beside.bytesPerSecond) / alone.bytesPerSecond).toFixed(0)} %)`,
      "≥ 80 %",
    ],
    ["RSS alone, MB", mb(alone.rssBytes), ""],
    [
      "RSS peak beside the crowd, MB",
      `${mb(beside.peakBytes)} (+${((beside.peakBytes - alone.rssBytes) / mebibyte).toFixed(0)} MiB)`,
      "≤ +128 MiB",
    ],
    [
      `RSS ${values.after} s after, MB`,
      `${mb(afterBytes)} (${((100 * afterBytes) / alone.rssBytes).toFixed(0)} %)`,
      "≤ 110 %",
    ],
    ["event-loop delay p99 before the crowd, ms", delays(delaysAlone), ""],
    ["event-loop delay p99 until the crowd leaves, ms", delays(delaysBeside), "≤ 50"],
    ["crashes", String(report.crashes), "0"],
    ["bit for bit", String(isRight), "true"],
  ];
  const reasons = Object.entries(report.reasons)
    .toSorted(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${reason} ${count}`);
  return [
    table(rows),
    `crowd: ${connections} seats of all behaviours in turns, each sends ${crowdPace.bytesPerSecond / 1_000} kB/s at most ` +
      `and comes back ${crowdPace.againAfterMs / 1_000} s after it was closed (storms: ${crowdPace.stormAfterMs} ms);`,
    `  ${total((one) => one.connectionsMade)} connections made, ${total((one) => one.openAtMost)} open at most, ` +
      `${total((one) => one.openNow)} open at the end; ${mb(total((one) => one.sentBytes))} MB sent, ` +
      `${mb(total((one) => one.heardBytes))} MB heard; ${mb(report.wastedBytes)} MB wasted`,
    `peers closed: ${reasons.join(", ")}`,
  ].join("\n");
}
