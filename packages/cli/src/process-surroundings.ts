// The process as the surroundings of a call: its streams, its signals, its end.

import type { EnginePort } from "./engine-port.ts";
import { CommandError } from "./failure.ts";
import type { Surroundings } from "./surroundings.ts";

/** The process's surroundings, and what only the program's entry may know of them. */
export interface ProcessSurroundings extends Surroundings {
  /** True once a thread hangs in a disk call: `process.exit` would wait for it for ever. */
  readonly isStuck: boolean;
  /** A signal has asked to stop. */
  readonly wasSignalled: boolean;
  /** Why stdout takes no more; undefined while it does. */
  readonly outputError: NodeJS.ErrnoException | undefined;
}

/**
 * Wires the process: the first SIGINT, SIGTERM or SIGHUP asks to stop, the second ends it at once; so does a reader
 * of stdout that has gone ask to stop.
 *
 * @param exitAtOnce Ends the process, here and now.
 */
export function processSurroundings(
  engine: EnginePort,
  exitAtOnce: () => void,
): ProcessSurroundings {
  const stop = new AbortController();
  let wasSignalled = false;
  askOnSignals(exitAtOnce, () => {
    wasSignalled = true;
    stop.abort();
  });
  // Without a listener Node opens its debugger, to which every local user can connect.
  process.on("SIGUSR1", () => undefined);
  let outputError: Error | undefined;
  process.stdout.on("error", (error) => {
    outputError ??= error;
    stop.abort();
  });
  // Nobody is left to be told: a terminal that has gone must not end the run with a stack trace.
  process.stderr.on("error", () => undefined);
  let isStuck = false;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    platform: process.platform,
    get currentFolder() {
      return currentFolder();
    },
    stop: stop.signal,
    engine,
    get isStuck() {
      return isStuck;
    },
    get wasSignalled() {
      return wasSignalled;
    },
    get outputError() {
      return outputError;
    },
    threadIsStuck: () => {
      isStuck = true;
    },
    epochMs: () => Date.now(),
    nowMs: () => performance.now(),
    every: (periodMs, task) => {
      const timer = setInterval(task, periodMs);
      return disposable(() => clearInterval(timer));
    },
    atExit: (task) => {
      process.once("exit", task);
      return disposable(() => process.off("exit", task));
    },
    beforeSuspension,
  };
}

/** @throws CommandError `folder-gone` */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new CommandError("folder-gone", "the current folder was removed", { cause });
  }
}

function askOnSignals(exitAtOnce: () => void, askToStop: () => void): void {
  let signals = 0;
  const onSignal = (): void => {
    signals++;
    if (signals > 1) exitAtOnce();
    askToStop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}

function beforeSuspension(task: () => void): Disposable {
  if (process.platform === "win32") return disposable(() => undefined);
  const suspend = (): void => {
    task();
    process.kill(process.pid, "SIGSTOP");
  };
  process.on("SIGTSTP", suspend);
  return disposable(() => process.off("SIGTSTP", suspend));
}

function disposable(dispose: () => void): Disposable {
  return { [Symbol.dispose]: dispose };
}
