import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTracker } from "@troupe/tracker";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { formatBytes, formatElapsed, formatRate } from "../display/units.ts";
import type { CoordinatorPort, TorrentPort } from "../engine-port.ts";
import { CommandError, ExitCode, type ExitCodeValue } from "../failure.ts";
import { jsonLine } from "../output/json-line.ts";
import type { Result } from "../report/reporter.ts";
import type { Environment } from "../environment.ts";
import { demoDigest, generateDemo } from "./demo-data.ts";
import { withEngines, type EngineRun } from "./engine-run.ts";
import { whenStopRequested, whenTorrentFails } from "./torrent-end.ts";

const seeder = "seeder";
const leechers = ["leecher 1", "leecher 2", "leecher 3"];

/**
 * `troupe demo`: a tracker, a seeder and three leechers in this process, on loopback. @returns exit code 0 when every
 * leecher's data equals the seeder's byte for byte. Removes all its files.
 */
export async function runDemo(
  invocation: InvocationOf<"demo">,
  environment: Environment,
): Promise<ExitCodeValue> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-demo-"));
  // A second Ctrl-C ends the process at once, but removes the data.
  using _cleaner = environment.atExit(() => rmSync(folder, { recursive: true, force: true }), {
    touchesDisk: true,
  });
  const tracker = await startTracker({ host: "127.0.0.1" });
  try {
    return await withEngines(
      invocation,
      environment,
      async (run) => await runSwarm(run, folder, tracker.url, invocation.sizeBytes),
    );
  } finally {
    await tracker.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSwarm(
  run: EngineRun,
  folder: string,
  trackerUrl: string,
  lengthBytes: number,
): Promise<ExitCodeValue> {
  const { stop } = run.environment;
  const seedFolder = join(folder, seeder);
  await mkdir(seedFolder);
  const metainfo = await generateDemo(seedFolder, lengthBytes, trackerUrl, stop);
  const seedEngine = await startMember(run, seeder, seedFolder);
  const seed = await joinSwarm(run, seedEngine, seeder, seedFolder, metainfo);
  const stopped = whenStopRequested(stop);
  const seedFailed = whenTorrentFails(seed);
  if ((await Promise.race([seed.completed, seedFailed, stopped])) === "stopped") {
    return ExitCode.stopped;
  }
  const startedMs = run.environment.nowMs();
  const torrents: TorrentPort[] = [];
  const failures = [seedFailed];
  const members = leechers.map((name) => ({
    name,
    engine: startMember(run, name, join(folder, name)),
  }));
  await Promise.all(members.map(({ engine }) => engine));
  // In the order of the display.
  for (const { name, engine } of members) {
    const torrent = await joinSwarm(run, await engine, name, join(folder, name), metainfo);
    torrents.push(torrent);
    failures.push(whenTorrentFails(torrent));
  }
  const allDone = Promise.all(torrents.map((torrent) => torrent.completed));
  const end = await Promise.race([allDone, ...failures, stopped]);
  if (end === "stopped") return ExitCode.stopped;
  const seconds = (run.environment.nowMs() - startedMs) / 1000;
  await verifyLeechers(folder, stop);
  run.reporter.result(demoResult(lengthBytes, seconds, seed.infoHash));
  return ExitCode.done;
}

async function startMember(
  run: EngineRun,
  name: string,
  directory: string,
): Promise<CoordinatorPort> {
  return await run.startEngine({ directory, port: 0, bind: ["127.0.0.1"] }, name);
}

async function joinSwarm(
  run: EngineRun,
  engine: CoordinatorPort,
  name: string,
  directory: string,
  metainfo: Uint8Array,
): Promise<TorrentPort> {
  run.reporter.listening(engine, name);
  const torrent = await engine.add(metainfo, { directory, signal: run.environment.stop });
  run.reporter.follow(torrent, { label: name });
  return torrent;
}

async function verifyLeechers(folder: string, stop: AbortSignal): Promise<void> {
  const wanted = await demoDigest(join(folder, seeder), stop);
  for (const name of leechers) {
    const found = await demoDigest(join(folder, name), stop);
    if (found === wanted) continue;
    throw new CommandError(
      "internal",
      `bug: the data of ${name} differ from the seeder's: SHA-256 ${found} instead of ${wanted}`,
    );
  }
}

function demoResult(lengthBytes: number, seconds: number, infoHash: string): Result {
  const count = leechers.length;
  const rate = formatRate((count * lengthBytes) / Math.max(seconds, 0.001));
  return {
    text: `demo: ${count} leechers got ${formatBytes(lengthBytes)} each in ${formatElapsed(seconds)} (${rate} together); all bytes equal the seeder's`,
    line: jsonLine("demo", infoHash, { leechers: count, lengthBytes, seconds }),
  };
}
