// `pnpm bench:mse`: encrypted handshakes of an engine that seeds, with one peer-worker.
//
//   --seconds N   of each measurement (10)
//   --runs N      runs of each (4)
//   --rate N      connections a second of the flood (10,000), from a thousand addresses
//   --only TEXT   parts whose name contains the text: handshakes, flood
//
// `handshakes`: how many an engine without payload completes, by wall time and by processor time of the engine and of its
// peer-worker. `flood`: the part of their rate that plain peers at full speed keep beside connections that offer the handshake
// and never end it, with `--encryption allow` and with `off` in turns; and how many peers that dial encrypted once, one a
// quarter of a second, get in within 10 s.
// Runs in a network of its own with public-looking addresses, which are counted by address.

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writePayload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { buildNative } from "../support/native.ts";
import { bringUpLoopback, runInOwnNetwork } from "../support/own-network.ts";
import { readThreads } from "../profile/thread-use.ts";
import { readUse } from "../support/process-use.ts";
import { spread, table } from "../support/statistics.ts";
import { openSwarm } from "../support/swarm.ts";
import { dialEncrypted } from "./encrypted-peer.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    runs: { type: "string", default: "4" },
    rate: { type: "string", default: "10000" },
    only: { type: "string", default: "" },
    inside: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const pieceLengthBytes = 2 ** 18;
const totalBytes = 2 ** 28;
const port = 50_000;
const engineHost = "203.0.113.1";
const floodFrom = { host: "198.18.0.1", addresses: 1_000 };
const honestEveryMs = 250;
const honestTimeoutMs = 10_000;
/** Handshakes under way at once, where nothing else is. */
const atOnce = 32;
const plainPeers = { peers: 20, depth: 8 };

const modes = ["allow", "off"] as const;
type Mode = (typeof modes)[number];
type StartSeeder = (mode: Mode) => Promise<RunningProcess>;

interface FloodRun {
  readonly bytesASecond: number;
  readonly dialledASecond: number;
  readonly honest: number;
  readonly entered: number;
}

if (values.inside) await measure();
else runInOwnNetwork(fileURLToPath(import.meta.url));

async function measure(): Promise<void> {
  await bringUpLoopback([`${engineHost}/32`, "198.18.0.1/16", "198.19.0.1/16"]);
  using folder = temporaryFolder("bench-mse");
  const shape = { folder: folder.path, name: "payload", pieceLengthBytes, files: totalBytes };
  const { path, infoHash } = writeTorrentFile(writePayload(shape));
  const start: StartSeeder = (mode) => startSeeder(path, folder.path, mode);
  if ("handshakes".includes(values.only)) await measureHandshakes(start, infoHash);
  if ("flood".includes(values.only)) await measureFlood(start, infoHash);
}

async function startSeeder(torrent: string, folder: string, mode: Mode): Promise<RunningProcess> {
  const command = [process.execPath, "packages/cli/bin/troupe.mjs", "seed", torrent, "--json"];
  const engine = await startProcess([
    ...[...command, "--dir", folder, "--state-dir", `${folder}/state`, "--port", String(port)],
    ...["--peer-workers", "1", "--upload-slots", "30", "--encryption", mode],
    ...["--no-dht", "--no-lsd", "--no-port-mapping"],
  ]);
  await engine.lineWhere("that it seeds", (line) => line.includes('"complete"') || undefined);
  return engine;
}

async function measureHandshakes(start: StartSeeder, infoHash: string): Promise<void> {
  const bySecond: number[] = [];
  const byCpuSecond: number[] = [];
  const byThreadSecond: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    await using engine = await start("allow");
    const before = readUse(engine.pid);
    const threadBefore = threadSeconds(engine.pid);
    const complete = await dialFor(seconds * 1_000, infoHash);
    const after = readUse(engine.pid);
    byThreadSecond.push(complete / (threadSeconds(engine.pid) - threadBefore));
    bySecond.push((1_000 * complete) / (after.atMs - before.atMs));
    byCpuSecond.push(complete / (after.cpuSeconds - before.cpuSeconds));
  }
  const figures = [bySecond, byCpuSecond, byThreadSecond].map((each) => spread(each, 0));
  const head = ["", "a second", "a CPU second of the engine", "a CPU second of its peer-worker"];
  console.log(table([head, ["handshakes", ...figures]]));
}

/** Processor time of the peer-worker's thread. */
function threadSeconds(pid: number): number {
  return readThreads(pid).find(({ thread }) => thread === "peer-0")?.cpuSeconds ?? Number.NaN;
}

/** @returns Complete handshakes, of which {@link atOnce} are under way all the time. */
async function dialFor(ms: number, infoHash: string): Promise<number> {
  const untilMs = performance.now() + ms;
  let complete = 0;
  const dialOn = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const dial = { host: "127.0.0.1", port, infoHash, timeoutMs: honestTimeoutMs };
      if (await dialEncrypted(dial)) complete++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, dialOn));
  return complete;
}

async function measureFlood(start: StartSeeder, infoHash: string): Promise<void> {
  const runs: Record<Mode, FloodRun[]> = { allow: [], off: [] };
  for (let run = 0; run < Number(values.runs); run++)
    for (const mode of modes) runs[mode].push(await floodRun(start, mode, infoHash));
  const head = ["--encryption", "plain peers, MB/s", "flood, dials/s", "encrypted peers in"];
  console.log(table([head, ...modes.map((mode) => [mode, ...figuresOf(runs[mode])])]));
  const ratios = runs.allow.map(
    ({ bytesASecond }, at) => bytesASecond / (runs.off[at]?.bytesASecond ?? Number.NaN),
  );
  console.log(`allow ÷ off: ${spread(ratios, 2)} (bar 0.9)`);
}

function figuresOf(runs: readonly FloodRun[]): readonly string[] {
  const sum = (figures: readonly number[]): number =>
    figures.reduce((one, other) => one + other, 0);
  const rates = runs.map(({ bytesASecond }) => bytesASecond / 1e6);
  const dials = runs.map(({ dialledASecond }) => dialledASecond);
  const entered = sum(runs.map((run) => run.entered));
  const honest = sum(runs.map((run) => run.honest));
  return [spread(rates, 0), spread(dials, 0), `${entered} of ${honest}`];
}

async function floodRun(start: StartSeeder, mode: Mode, infoHash: string): Promise<FloodRun> {
  await using _engine = await start(mode);
  await using swarm = await openSwarm({
    ...{ port, infoHash, pieceLengthBytes, totalBytes, ...plainPeers, seconds },
  });
  await swarm.measuring();
  const { host, addresses } = floodFrom;
  const program = await buildNative(new URL("flood.c", import.meta.url));
  const words = [engineHost, String(port), values.rate, host, String(addresses)];
  await using flood = await startProcess([program, ...words]);
  const honest: Promise<boolean>[] = [];
  const untilMs = performance.now() + 1_000 * seconds;
  while (performance.now() < untilMs) {
    const localHost = `198.19.0.${1 + (honest.length % 250)}`;
    const dial = { host: engineHost, port, localHost, infoHash, timeoutMs: honestTimeoutMs };
    honest.push(dialEncrypted(dial));
    await delay(honestEveryMs);
  }
  const { bytes, seconds: swarmSeconds } = await swarm.report();
  const entered = (await Promise.all(honest)).filter(Boolean).length;
  await flood.stop();
  const { dialled, seconds: floodSeconds } = JSON.parse(flood.lines.at(-1) ?? "") as {
    readonly dialled: number;
    readonly seconds: number;
  };
  return {
    bytesASecond: bytes / swarmSeconds,
    dialledASecond: dialled / floodSeconds,
    ...{ honest: honest.length, entered },
  };
}
