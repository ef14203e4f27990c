// `pnpm bench:download`: one file from one local seeder: libtorrent, the command, and the library run from its sources
// (every thread of which turns TypeScript into JavaScript at its start; only it tells how late the engine ran), in turns.
//
//   --mib N          size of the file (1024)
//   --piece-kib N    size of its pieces (1024)
//   --files N        the same bytes in so many files (1): `pnpm bench:many-files` has 2,000
//   --runs N         runs of each (3)
//   --block-caller   instead: a transfer at 100 MB/s during which the caller's thread is blocked for 3 s
//
// The seeder is as cheap as we can write it, so that the downloader limits the rate. Everything from
// the start of a process to its end is counted.

import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { filesAreEqual } from "../support/equal-files.ts";
import { prepareMachine } from "../support/machine.ts";
import { runMeasured, type Cost } from "../support/measure.ts";
import { Seeder } from "../support/seeder.ts";
import { median, spread, table } from "../support/statistics.ts";
import { writePayload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { measureBlockedCaller } from "./blocked-caller.ts";
import type { LibraryReport } from "./library-run.ts";
import { quietWords } from "../../test/support/swarm/quiet.ts";

const mebibyte = 1 << 20;
const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const libraryRun = fileURLToPath(new URL("library-run.ts", import.meta.url));
const libtorrentPeer = fileURLToPath(
  new URL("../../test/support/clients/libtorrent_peer.py", import.meta.url),
);
const { values } = parseArgs({
  options: {
    mib: { type: "string", default: "1024" },
    "piece-kib": { type: "string", default: "1024" },
    files: { type: "string", default: "1" },
    runs: { type: "string", default: "3" },
    "block-caller": { type: "boolean", default: false },
  },
});
const totalBytes = Number(values.mib) * mebibyte;
const fileCount = Number(values.files);
const gibibytes = Number(values.mib) / 1024;

using folder = temporaryFolder("troupe-download");
const payload = writePayload({
  folder: join(folder.path, "source"),
  name: "payload",
  pieceLengthBytes: Number(values["piece-kib"]) * 1024,
  files: fileCount === 1 ? totalBytes : filesOf(fileCount),
});
const torrent = writeTorrentFile(payload);
const seederOptions = {
  infoHash: torrent.infoHash,
  file: fileCount === 1 ? join(payload.folder, payload.name) : joined(),
  pieceLengthBytes: payload.pieceLengthBytes,
};
if (values["block-caller"]) {
  await using seeder = await Seeder.start({ ...seederOptions, bytesPerSecond: 100e6 });
  const target = join(folder.path, "target");
  console.log(await measureBlockedCaller(torrent.path, target, seeder));
} else {
  console.log(await compare());
}

interface Run extends Cost {
  readonly engineDelayMs?: LibraryReport["engineDelayMs"];
}

/** Takes turns, so that what changes on the machine meanwhile changes both. */
async function compare(): Promise<string> {
  await using seeder = await Seeder.start(seederOptions);
  const libtorrent: Run[] = [];
  const ours: Run[] = [];
  const library: Run[] = [];
  const busy: number[] = [];
  // Fills the cache of compiled code, as any run before a user's second one does.
  await runCommand(seeder.port);
  await runLibrary(seeder.port);
  for (let i = 0; i < Number(values.runs); i++) {
    busy.push(await prepareMachine(seederOptions.file));
    libtorrent.push(await runLibtorrent(seeder.port));
    busy.push(await prepareMachine(seederOptions.file));
    ours.push(await runCommand(seeder.port));
    busy.push(await prepareMachine(seederOptions.file));
    library.push(await runLibrary(seeder.port));
  }
  const ratios = (figure: (run: Run) => number): string =>
    (median(ours.map(figure)) / median(libtorrent.map(figure))).toFixed(2);
  const rows = [
    ["downloader", "MB/s", "CPU-s/GiB", "peak RSS MB", "engine late ms, p99.9", "max"],
    row("libtorrent", libtorrent),
    row("ours, the command", ours),
    row("ours, the library's sources", library),
    ["command ÷ libtorrent", ratios(megabytesPerSecond), ratios(cpu), ratios(rss), "", ""],
  ];
  return `${table(rows)}\nother work on the machine before the runs: ${spread(busy, 2)} of all cores`;
}

async function runLibtorrent(port: number): Promise<Run> {
  const target = join(folder.path, "target");
  const dialled = ["127.0.0.1", String(port)];
  const { cost } = await runMeasured(
    ["/usr/bin/python3", libtorrentPeer, "fetch", torrent.path, target, "127.0.0.1", ...dialled],
    { debianPackage: "python3-libtorrent" },
  );
  checkAndRemove(target);
  return cost;
}

async function runCommand(port: number): Promise<Run> {
  const target = join(folder.path, "target");
  const state = join(folder.path, "state");
  const call = ["download", torrent.path, "--dir", target, "--state-dir", state, "--json"];
  const { cost } = await runMeasured(
    [
      process.execPath,
      command,
      ...call,
      "--peer",
      `127.0.0.1:${port}`,
      "--port",
      "0",
      ...quietWords,
    ],
    { environment: { XDG_CACHE_HOME: folder.path } },
  );
  rmSync(state, { recursive: true });
  checkAndRemove(target);
  return cost;
}

async function runLibrary(port: number): Promise<Run> {
  const target = join(folder.path, "target");
  const { cost, lines } = await runMeasured(
    [process.execPath, libraryRun, torrent.path, target, String(port)],
    { environment: { NODE_COMPILE_CACHE: join(folder.path, "compiled") } },
  );
  checkAndRemove(target);
  const { engineDelayMs } = JSON.parse(lines.at(-1) ?? "") as LibraryReport;
  return { ...cost, engineDelayMs };
}

function checkAndRemove(target: string): void {
  for (const path of payload.paths) {
    if (filesAreEqual(join(payload.folder, path), join(target, path))) continue;
    throw new Error(`the copy of ${path} differs from the original`);
  }
  rmSync(target, { recursive: true });
}

/** As many files of nearly one length, a hundred in a folder. */
function filesOf(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * totalBytes) / count);
    const lengthBytes = Math.floor(((index + 1) * totalBytes) / count) - start;
    return { path: [`${Math.floor(index / 100)}`, `${index}`], lengthBytes };
  });
}

/** The payload end to end in one file, which is what the seeder reads. */
function joined(): string {
  const file = join(folder.path, "joined");
  for (const path of payload.paths) appendFileSync(file, readFileSync(join(payload.folder, path)));
  return file;
}

function row(name: string, runs: readonly Run[]): string[] {
  const delays = runs.flatMap((run) => run.engineDelayMs ?? []);
  return [
    name,
    spread(runs.map(megabytesPerSecond), 0),
    spread(runs.map(cpu), 2),
    spread(runs.map(rss), 0),
    spread(
      delays.map((delay) => delay.p999),
      1,
    ),
    spread(
      delays.map((delay) => delay.max),
      1,
    ),
  ];
}

function megabytesPerSecond(run: Run): number {
  return totalBytes / 1e6 / run.wallSeconds;
}

function cpu(run: Run): number {
  return run.cpuSeconds / gibibytes;
}

function rss(run: Run): number {
  return run.peakRssBytes / 1e6;
}
