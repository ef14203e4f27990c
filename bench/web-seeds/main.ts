// `pnpm bench:web-seeds`: a torrent of many files from one nginx: libtorrent and the command in turns.
//
//   --mib N          size of all files (1024)
//   --piece-kib N    size of the pieces (256)
//   --files N        files (20)
//   --runs N         runs of each (3)
//
// Everything from the start of a process to its end is counted. The access log tells how often each byte was sent.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { filesAreEqual } from "../support/equal-files.ts";
import { prepareMachine } from "../support/machine.ts";
import { runMeasured, type Cost } from "../support/measure.ts";
import { median, spread, table } from "../support/statistics.ts";
import { Nginx } from "../../test/support/clients/nginx.ts";
import { writePayload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { quietWords } from "../../test/support/swarm/quiet.ts";

const mebibyte = 1 << 20;
const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const libtorrentPeer = fileURLToPath(
  new URL("../../test/support/clients/libtorrent_peer.py", import.meta.url),
);
const { values } = parseArgs({
  options: {
    mib: { type: "string", default: "1024" },
    "piece-kib": { type: "string", default: "256" },
    files: { type: "string", default: "20" },
    runs: { type: "string", default: "3" },
  },
});
const fileCount = Number(values.files);
const lengthBytes = Math.floor((Number(values.mib) * mebibyte) / fileCount);

using folder = temporaryFolder("troupe-web-seeds");
const pieceLengthBytes = Number(values["piece-kib"]) * 1024;
const files = Array.from({ length: fileCount }, (_, at) => ({
  path: [`file ${at}.bin`],
  lengthBytes,
}));
const source = join(folder.path, "source");
const payload = writePayload({ folder: source, name: "payload", pieceLengthBytes, files });
await using nginx = await Nginx.start(source);
const { name, pieceHashes, totalBytes } = payload;
const torrent = join(folder.path, "payload.torrent");
writeFileSync(
  torrent,
  encodeTorrent({ name, pieceLengthBytes, pieceHashes, files, webSeeds: [nginx.url] }),
);
console.log(await compare());

/** The cost of a run, and the bytes and requests that nginx counted. */
interface Run extends Cost {
  readonly sentBytes: number;
  readonly requests: number;
}

/** Takes turns, so that what changes on the machine meanwhile changes both. */
async function compare(): Promise<string> {
  const libtorrent: Run[] = [];
  const ours: Run[] = [];
  const busy: number[] = [];
  // Fills the cache of compiled code, as any run before a user's second one does.
  await runCommand();
  for (let run = 0; run < Number(values.runs); run++) {
    busy.push(await prepare());
    libtorrent.push(await runLibtorrent());
    busy.push(await prepare());
    ours.push(await runCommand());
  }
  const ratio = (figure: (run: Run) => number): string =>
    (median(ours.map(figure)) / median(libtorrent.map(figure))).toFixed(2);
  const rows = [
    ["downloader", "MB/s", "CPU-s/GiB", "bytes sent ÷ payload", "mean range MiB"],
    row("libtorrent", libtorrent),
    row("ours, the command", ours),
    ["ours ÷ libtorrent (bar 0.9)", ratio(megabytesPerSecond), ratio(cpu), "", ""],
  ];
  return `${table(rows)}\nother work on the machine before the runs: ${spread(busy, 2)} of all cores`;
}

/** @returns The share of all cores that is busy all the same. */
async function prepare(): Promise<number> {
  let busy = 0;
  for (const path of payload.paths.slice(0, 1)) busy = await prepareMachine(join(source, path));
  return busy;
}

async function runLibtorrent(): Promise<Run> {
  const call = ["fetch", torrent, join(folder.path, "target"), "127.0.0.1"];
  return await measured(["/usr/bin/python3", libtorrentPeer, ...call]);
}

async function runCommand(): Promise<Run> {
  const state = join(folder.path, "state");
  const places = ["--dir", join(folder.path, "target"), "--state-dir", state];
  const words = ["--web-seed", nginx.url, "--port", "0", "--json", ...quietWords];
  const run = await measured([process.execPath, command, "download", torrent, ...places, ...words]);
  rmSync(state, { recursive: true });
  return run;
}

async function measured(words: readonly string[]): Promise<Run> {
  nginx.forgetRequests();
  const { cost } = await runMeasured(words, { environment: { XDG_CACHE_HOME: folder.path } });
  const requests = nginx.requests();
  checkAndRemove(join(folder.path, "target"));
  const sentBytes = requests.reduce((sum, { bytes }) => sum + bytes, 0);
  return { ...cost, sentBytes, requests: requests.length };
}

function checkAndRemove(target: string): void {
  for (const path of payload.paths) {
    if (filesAreEqual(join(source, path), join(target, path))) continue;
    throw new Error(`the copy of ${path} differs from the original`);
  }
  rmSync(target, { recursive: true });
}

function row(who: string, runs: readonly Run[]): string[] {
  return [
    who,
    spread(runs.map(megabytesPerSecond), 0),
    spread(runs.map(cpu), 2),
    spread(
      runs.map(({ sentBytes }) => sentBytes / totalBytes),
      4,
    ),
    spread(
      runs.map(({ sentBytes, requests }) => sentBytes / requests / mebibyte),
      1,
    ),
  ];
}

function megabytesPerSecond({ wallSeconds }: Cost): number {
  return totalBytes / 1e6 / wallSeconds;
}

function cpu({ cpuSeconds }: Cost): number {
  return cpuSeconds / (totalBytes / 2 ** 30);
}
