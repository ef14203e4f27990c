// Runs the command as this process, and ends it.

import { setImmediate } from "node:timers/promises";
import type { EnginePort } from "./engine-port.ts";
import { CommandError, ExitCode, describeFailure, failureOf } from "./failure.ts";
import type { ExitCodeValue } from "./failure.ts";
import { runTroupe } from "./main.ts";
import { LineWriter } from "./output/line-writer.ts";
import { ProcessEnd } from "./process-end.ts";
import { processEnvironment } from "./process-environment.ts";
import type { ProcessEnvironment } from "./process-environment.ts";

/** Milliseconds that a slow reader of stderr gets at the end. */
const finalErrorsMs = 500;

/** The library, loaded when a command needs it. */
const engine: EnginePort = {
  needsOwnMemory: async (pieceLengthBytes) => {
    const { needsOwnMemoryByDefault } = await import("@troupe/coordinator");
    return needsOwnMemoryByDefault(pieceLengthBytes);
  },
  start: async (options) => {
    const { Coordinator } = await import("@troupe/coordinator");
    return await Coordinator.start(options);
  },
  loadMetainfo: async (source, options) => {
    const { loadMetainfo } = await import("@troupe/coordinator");
    return await loadMetainfo(source, options);
  },
};

/** Never returns: the process ends with the exit code of the command, or by SIGKILL when a disk call does not return. */
export async function runProcess(): Promise<never> {
  const end = new ProcessEnd();
  process.on("uncaughtException", (error) => void end.endFailed(error));
  const environment = processEnvironment(end.watch(engine), end);
  const ended = await runTroupe(process.argv.slice(2), environment);
  await new LineWriter(process.stdout).drained(environment.stop);
  // What the last write came to is told in a later turn.
  await setImmediate();
  const code =
    reportLostOutput(environment.outputError) ?? exitCodeWithoutReader(environment, ended);
  const giveUp = AbortSignal.any([AbortSignal.timeout(finalErrorsMs), environment.hurry]);
  await new LineWriter(process.stderr).drained(giveUp);
  return await end.endWith(code);
}

/** A command that ended because its reader had read enough has done what was asked. */
function exitCodeWithoutReader(
  { outputError, wasSignalled }: ProcessEnvironment,
  ended: ExitCodeValue,
): ExitCodeValue {
  const hasReadEnough = outputError !== undefined && !wasSignalled;
  return ended === ExitCode.stopped && hasReadEnough ? ExitCode.done : ended;
}

/** Results that did not arrive are a failure, unless nobody wants them any more. */
function reportLostOutput(error: NodeJS.ErrnoException | undefined): ExitCodeValue | undefined {
  if (error === undefined || process.stdout.isTTY || isReaderGone(error)) return undefined;
  const message = `cannot write all that was to be said on stdout: ${error.code}`;
  const failure = failureOf(new CommandError("output-lost", message, { cause: error }));
  process.stderr.write(`${describeFailure(failure)}\n`);
  return failure.exitCode;
}

function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "ECONNRESET";
}
