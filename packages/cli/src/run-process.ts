// Runs the command as this process, and ends it.

import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { EnginePort } from "./engine-port.ts";
import { CommandError, ExitCode, describeFailure, failureOf } from "./failure.ts";
import type { ExitCodeValue } from "./failure.ts";
import { runTroupe } from "./main.ts";
import { LineWriter } from "./output/line-writer.ts";
import { processSurroundings } from "./process-surroundings.ts";
import type { ProcessSurroundings } from "./process-surroundings.ts";

/** Milliseconds that a slow reader of stderr gets at the end. */
const lastErrorsMs = 500;

/** The library, loaded when a call needs it. */
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

/** Never returns: the process ends with the exit code of the command. */
export async function runProcess(): Promise<never> {
  process.on("uncaughtException", endInFailure);
  const surroundings = processSurroundings(engine, () => process.exit(ExitCode.stopped));
  const ended = await runTroupe(process.argv.slice(2), surroundings);
  await new LineWriter(process.stdout).drained(surroundings.stop);
  // What the last write came to is told in a later turn.
  await setImmediate();
  const code = tellLostOutput(surroundings.outputError) ?? withoutReader(surroundings, ended);
  await new LineWriter(process.stderr).drained(AbortSignal.timeout(lastErrorsMs));
  // A thread in a disk call that does not return cannot be ended, and would keep `exit` waiting for ever.
  if (surroundings.isStuck) process.kill(process.pid, "SIGKILL");
  process.exit(code);
}

/** A call that ended because its reader had read enough has done what was asked. */
function withoutReader(
  { outputError, wasSignalled }: ProcessSurroundings,
  ended: ExitCodeValue,
): ExitCodeValue {
  const hasReadEnough = outputError !== undefined && !wasSignalled;
  return ended === ExitCode.stopped && hasReadEnough ? ExitCode.done : ended;
}

/** Results that did not arrive are a failure, unless nobody wants them any more. */
function tellLostOutput(error: NodeJS.ErrnoException | undefined): ExitCodeValue | undefined {
  if (error === undefined || process.stdout.isTTY || isReaderGone(error)) return undefined;
  const message = `cannot write all that was to be said on stdout: ${error.code}`;
  const failure = failureOf(new CommandError("output-lost", message, { cause: error }));
  process.stderr.write(`${describeFailure(failure)}\n`);
  return failure.exitCode;
}

function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "ECONNRESET";
}

/** A bug of the command itself, unhandled rejections included. The engine's state is safe at any moment. */
function endInFailure(error: unknown): void {
  const failure = failureOf(error);
  writeSync(2, `${describeFailure(failure)}\n`);
  process.exit(ExitCode.internalFailure);
}
