import { addAbortSignal } from "node:stream";
import { isatty } from "node:tty";
import { runProgram } from "@troupe/service/programs";
import type { EnginePort } from "./engine-port.ts";
import { CommandError } from "./failure.ts";
import type { ProcessEnd } from "./process-end.ts";
import type { Environment } from "./environment.ts";
import { readTextFile } from "./text-file.ts";

const stdinDescriptor = 0;
const stderrDescriptor = 2;

/** The process as environment, with fields for the entry only. */
export interface ProcessEnvironment extends Environment {
  readonly wasSignalled: boolean;
  /** Undefined while stdout works. */
  readonly outputError: NodeJS.ErrnoException | undefined;
}

/** The first SIGINT, SIGTERM or SIGHUP, or a closed stdout, requests a stop, the second requests hurry. */
export function processEnvironment(
  engine: EnginePort,
  end: Pick<ProcessEnd, "stopRequested" | "hurryRequested" | "atExit">,
): ProcessEnvironment {
  const stop = new AbortController();
  const hurry = new AbortController();
  const signals = watchSignals(end, stop, hurry);
  // By default Node opens its debugger, to which every local user can connect.
  process.on("SIGUSR1", () => undefined);
  let outputError: Error | undefined;
  process.stdout.on("error", (error) => {
    outputError ??= error;
    stop.abort();
  });
  // A closed terminal must not end the run with a stack trace.
  process.stderr.on("error", () => undefined);
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    readStdin: async (maxBytes) => await readStdin(maxBytes, stop.signal),
    readTextFile,
    variables: process.env,
    platform: process.platform,
    get currentFolder() {
      return currentFolder();
    },
    stop: stop.signal,
    hurry: hurry.signal,
    onHangup: (listener) => {
      signals.hangupListeners.add(listener);
      return disposable(() => signals.hangupListeners.delete(listener));
    },
    engine,
    ...partsForService(stop.signal),
    get wasSignalled() {
      return signals.count > 0;
    },
    get outputError() {
      return outputError;
    },
    runProgram,
    epochMs: () => Date.now(),
    nowMs: () => performance.now(),
    every: (periodMs, task) => {
      const timer = setInterval(task, periodMs);
      return disposable(() => clearInterval(timer));
    },
    atExit: (task, { touchesDisk = false } = {}) => end.atExit(task, touchesDisk),
    beforeSuspension,
  };
}

/** The signals of the process. */
interface SeenSignals {
  readonly count: number;
  /** With one of them a SIGHUP stops nothing. */
  readonly hangupListeners: Set<() => void>;
}

function watchSignals(
  end: Pick<ProcessEnd, "stopRequested" | "hurryRequested">,
  stop: AbortController,
  hurry: AbortController,
): SeenSignals {
  const seen = { count: 0, hangupListeners: new Set<() => void>() };
  const onSignal = (): void => {
    seen.count++;
    if (seen.count === 1) {
      end.stopRequested();
      stop.abort();
    } else if (seen.count === 2) {
      end.hurryRequested();
      hurry.abort();
    }
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  process.on("SIGHUP", () => {
    if (seen.hangupListeners.size === 0) onSignal();
    for (const listener of seen.hangupListeners) listener();
  });
  return seen;
}

/** Loaded at their use: most commands need no service. */
function partsForService(
  stop: AbortSignal,
): Pick<Environment, "ask" | "hasPerson" | "openService"> {
  return {
    openService: async (target) => {
      const { HttpService } = await import("./service-client/service-part.ts");
      return new HttpService(target, stop);
    },
    hasPerson: () => isatty(stdinDescriptor) && isatty(stderrDescriptor),
    ask: async (question, isSecret = false) => {
      const { askPerson } = await import("./service-client/service-part.ts");
      const terminal = { input: process.stdin, output: process.stderr };
      return await askPerson(terminal, question, { isSecret, signal: stop });
    },
  };
}

async function readStdin(maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  const stdin = addAbortSignal(signal, process.stdin);
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws CommandError `folder-gone` */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new CommandError("folder-gone", "the current folder was removed", { cause });
  }
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
