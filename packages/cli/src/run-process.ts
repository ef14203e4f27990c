import { setImmediate } from "node:timers/promises";
import type { Coordinator } from "@troupe/coordinator";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { printsJsonLines } from "./arguments/prints-json-lines.ts";
import type { EnginePort } from "./engine-port.ts";
import { CommandError, ExitCode, describeFailure, failureOf } from "./failure.ts";
import type { ExitCodeValue } from "./failure.ts";
import { runTroupe } from "./main.ts";
import { useEfficiencyMode } from "./v8-efficiency-mode.ts";
import { LineWriter } from "./output/line-writer.ts";
import { ProcessEnd } from "./process-end.ts";
import { processEnvironment, type ProcessEnvironment } from "./process-environment.ts";

/** For a slow reader of stderr. */
const finalErrorsMs = 500;

const library = async (): Promise<typeof import("@troupe/coordinator")> =>
  await import("@troupe/coordinator");

const engine: EnginePort = {
  needsOwnMemory: async (bytes) => (await library()).needsOwnMemoryByDefault(bytes),
  start: async (options) => running(await (await library()).Coordinator.start(options)),
  serve: async (served, options) => {
    const { startService } = await import("@troupe/service");
    // The engines of this process are coordinators.
    return await startService(served as Promise<Coordinator>, options);
  },
  remoteSettings: async (stateDirectory) =>
    (await import("@troupe/service/saved-settings")).readRemoteSettings(stateDirectory),
  startDht: async (options) => running(await (await library()).Dht.start(options)),
  matchData: async (torrent, options) => await (await library()).matchData(torrent, options),
  exportState: async (file, options) => await (await library()).exportState(file, options),
  importState: async (file, options) => await (await library()).importState(file, options),
  importTorrents: async (from, options) => await (await library()).importTorrents(from, options),
  recordedPriorities: async (job) => await (await library()).recordedPriorities(job),
  recordedFileNames: async (job) => await (await library()).recordedFileNames(job),
  planTorrent: async (path, options) => await (await library()).planTorrent(path, options),
  createTorrent: async (path, options) => await (await library()).createTorrent(path, options),
  loadMetainfo: async (source, options) => await (await library()).loadMetainfo(source, options),
};

function running<Engine>(engine: Engine): Engine {
  useEfficiencyMode();
  return engine;
}

/**
 * Runs the command as this process. Never returns: exits with the command's code, or by SIGKILL when a disk call does
 * not return.
 */
export async function runProcess(): Promise<never> {
  const words = process.argv.slice(2);
  const end = new ProcessEnd(printsJsonLines(words));
  process.on("uncaughtException", (error) => void end.endFailed(error));
  const environment = processEnvironment(end.watch(engine), end);
  const ended = await runTroupe(words, environment);
  await new LineWriter(process.stdout).drained(environment.stop);
  // Result of the last write.
  await setImmediate();
  const code =
    reportLostOutput(environment.outputError) ?? exitCodeWithoutReader(environment, ended);
  const giveUp = AbortSignal.any([AbortSignal.timeout(finalErrorsMs), environment.hurry]);
  await new LineWriter(process.stderr).drained(giveUp);
  return await end.endWith(code);
}

/** A reader that read enough and closed is a success. */
function exitCodeWithoutReader(
  { outputError, wasSignalled }: ProcessEnvironment,
  ended: ExitCodeValue,
): ExitCodeValue {
  const hasReadEnough = outputError !== undefined && !wasSignalled;
  return ended === ExitCode.stopped && hasReadEnough ? ExitCode.done : ended;
}

/** Lost results are a failure, unless the reader closed stdout. */
function reportLostOutput(error: NodeJS.ErrnoException | undefined): ExitCodeValue | undefined {
  if (error === undefined || process.stdout.isTTY || isReaderGone(error)) return undefined;
  const message = `cannot write the whole output to stdout: ${systemSentence(error)}`;
  const failure = failureOf(new CommandError("output-lost", message, { cause: error }));
  process.stderr.write(`${describeFailure(failure)}\n`);
  return failure.exitCode;
}

function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "ECONNRESET";
}
