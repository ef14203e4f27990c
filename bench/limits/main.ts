// `pnpm bench:limits` measures how evenly libtorrent and the command keep a rate limit, in turns. A relay between the
// limited side and its peer counts the bytes of each second.
//
//   --mb N        the limit in MB/s (10)
//   --seconds N   of each transfer (30)
//   --runs N      runs of each (3)

import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Seeder } from "../support/seeder.ts";
import { median, spread, table } from "../support/statistics.ts";
import { writePayload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import {
  runProcess,
  startProcess,
  type RunningProcess,
} from "../../test/support/programs/process.ts";
import { quietWords } from "../../test/support/swarm/quiet.ts";
import { CountingRelay } from "./counting-relay.ts";

const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const libtorrentPeer = fileURLToPath(
  new URL("../../test/support/clients/libtorrent_peer.py", import.meta.url),
);
/** Seconds at the start of a transfer that do not count. */
const warmUpSeconds = 3;
const { values } = parseArgs({
  options: {
    mb: { type: "string", default: "10" },
    seconds: { type: "string", default: "30" },
    runs: { type: "string", default: "3" },
  },
});
const limit = Number(values.mb) * 1_000_000;

using folder = temporaryFolder("troupe-limits");
const payload = writePayload({
  folder: join(folder.path, "source"),
  name: "payload",
  pieceLengthBytes: 256 * 1024,
  files: Math.round(limit * Number(values.seconds)),
});
const torrent = writeTorrentFile(payload);
const source = join(payload.folder, payload.name);
let transfers = 0;

/** The bytes of each second of a transfer under a limit. */
type Measure = () => Promise<number[]>;

const measures: readonly (readonly [string, Measure])[] = [
  ["libtorrent, down", () => download(libtorrentDown)],
  ["ours, down", () => download(troupeDown)],
  ["libtorrent, up", () => upload(libtorrentUp)],
  ["ours, up", () => upload(troupeUp)],
];
const runs = new Map<string, number[][]>(measures.map(([name]) => [name, []]));
for (let run = 0; run < Number(values.runs); run++) {
  for (const [name, measure] of measures) {
    // The last second is not whole.
    runs.get(name)?.push((await measure()).slice(warmUpSeconds, -1));
  }
}
const head = ["limited", "MB/s", "deviation of seconds %", "slowest second %", "fastest second %"];
console.log(`a limit of ${values.mb} MB/s\n`);
console.log(table([head, ...[...runs].map(([name, seconds]) => row(name, seconds))]));
console.log(`load of the machine: ${loadavg()[0]?.toFixed(1)}`);

async function download(run: (port: number, target: string) => Promise<unknown>) {
  await using seeder = await Seeder.start({
    infoHash: torrent.infoHash,
    file: source,
    pieceLengthBytes: payload.pieceLengthBytes,
  });
  using relay = await CountingRelay.open(seeder.port);
  await run(relay.port, newTarget());
  return relay.seconds;
}

async function upload(start: () => Promise<{ process: RunningProcess; port: number }>) {
  const { process, port } = await start();
  await using _seeder = process;
  using relay = await CountingRelay.open(port);
  await fetch(relay.port, newTarget());
  return relay.seconds;
}

function troupeDown(port: number, target: string): Promise<unknown> {
  const peer = ["--peer", `127.0.0.1:${port}`, "--down", String(limit)];
  return runProcess(troupe("download", target, peer));
}

function libtorrentDown(port: number, target: string): Promise<unknown> {
  return fetch(port, target, { DOWN_LIMIT: String(limit) });
}

function fetch(port: number, target: string, environment: Record<string, string> = {}) {
  const call = ["fetch", torrent.path, target, "127.0.0.1", "127.0.0.1", String(port)];
  return runProcess(["/usr/bin/python3", libtorrentPeer, ...call], { environment });
}

async function troupeUp() {
  const process = await startProcess(troupe("seed", payload.folder, ["--up", String(limit)]));
  const port = await process.lineWhere("its port", (line) => portOf(line));
  await process.lineWhere(
    "the end of the check",
    (line) => line.includes(`"haveBytes":${payload.totalBytes},`) || undefined,
  );
  return { process, port };
}

async function libtorrentUp() {
  const call = ["seed", torrent.path, payload.folder, "127.0.0.1"];
  const process = await startProcess(["/usr/bin/python3", libtorrentPeer, ...call], {
    environment: { UP_LIMIT: String(limit) },
  });
  const port = await process.lineWhere("its port", (line) => portOf(line));
  await process.lineWhere("the end of the check", (line) => /"seeding"/.test(line) || undefined);
  return { process, port };
}

function troupe(call: "download" | "seed", target: string, words: readonly string[]): string[] {
  const state = join(folder.path, `state-${transfers++}`);
  const places = ["--dir", target, "--state-dir", state, "--port", "0", "--json"];
  return [process.execPath, command, call, torrent.path, ...places, ...words, ...quietWords];
}

function portOf(line: string): number | undefined {
  if (!line.includes('"listening"')) return undefined;
  return (JSON.parse(line) as { readonly port: number }).port;
}

function newTarget(): string {
  return join(folder.path, `target-${transfers++}`);
}

function row(name: string, all: readonly (readonly number[])[]): string[] {
  const share = (bytes: number): number => (100 * bytes) / limit;
  return [
    name,
    spread(
      all.map((seconds) => mean(seconds) / 1e6),
      2,
    ),
    spread(
      all.map((seconds) => share(deviation(seconds))),
      2,
    ),
    median(all.map((seconds) => share(Math.min(...seconds)))).toFixed(1),
    median(all.map((seconds) => share(Math.max(...seconds)))).toFixed(1),
  ];
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function deviation(numbers: readonly number[]): number {
  const middle = mean(numbers);
  return Math.sqrt(mean(numbers.map((number) => (number - middle) ** 2)));
}
