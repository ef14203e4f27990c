// Runs the command as this process, and ends it.

import { writeSync } from "node:fs";
import type { EnginePort } from "./engine-port.ts";
import { ExitCode, describeFailure, failureOf } from "./failure.ts";
import { runTroupe } from "./main.ts";
import { LineWriter } from "./output/line-writer.ts";
import { processSurroundings } from "./process-surroundings.ts";

/** Milliseconds that a slow reader of stderr gets at the end. */
const lastErrorsMs = 500;

/** The library, loaded when a call needs it. */
const engine: EnginePort = {
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
  const code = await runTroupe(process.argv.slice(2), surroundings);
  await new LineWriter(process.stdout).drained(surroundings.stop);
  await new LineWriter(process.stderr).drained(AbortSignal.timeout(lastErrorsMs));
  // A thread in a disk call that does not return cannot be ended, and would keep `exit` waiting for ever.
  if (surroundings.isStuck) process.kill(process.pid, "SIGKILL");
  process.exit(code);
}

/** A bug of the command itself, unhandled rejections included. The engine's state is safe at any moment. */
function endInFailure(error: unknown): void {
  const failure = failureOf(error);
  writeSync(2, `${describeFailure(failure)}\n`);
  process.exit(ExitCode.internalFailure);
}
