// `process.exit` waits for every thread and every file-system call: with a hung disk call only SIGKILL ends the
// process, and a shell sees 137.

import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { CoordinatorPort, EnginePort } from "./engine-port.ts";
import { CommandError, describeFailure, ExitCode, failureOf } from "./failure.ts";
import type { ExitCodeValue } from "./failure.ts";
import { endLine } from "./output/json-lines.ts";
import { LineWriter } from "./output/line-writer.ts";

/** From the first, and from the second signal. */
const stopMs = 4_600;
const hurryMs = 400;
/** For a reader of stderr that may be gone. */
const finalOutputMs = 100;
/** For a slow reader of stdout. */
const lastLineMs = 500;
const pollPeriodMs = 5;
/** Engines that know of a hung disk call take less. */
const enginesMs = 2_500;
/** For file-system calls about to return. */
const fileCallsMs = 200;

const abortedSignal = AbortSignal.abort();

/** Ends this process once, in the gentlest way that works, even when a disk call hangs. */
export class ProcessEnd {
  readonly #engines: Pick<CoordinatorPort, "close">[] = [];
  /** Without disk access also before a SIGKILL. */
  readonly #tasks = new Set<() => void>();
  readonly #printsEnd: boolean;
  #isEnding = false;

  /** @param printsEnd The last line on stdout is the event `end` of `--json`. */
  constructor(printsEnd: boolean) {
    this.#printsEnd = printsEnd;
  }

  /** Ends the library's engines with the process. */
  watch(library: EnginePort): EnginePort {
    return {
      ...library,
      start: async (options) => {
        const engine = await library.start(options);
        this.#engines.push(engine);
        return engine;
      },
      serve: async (starting, options) => {
        const service = await library.serve(starting, options);
        // A folder that it watches may hang.
        this.#engines.push(service);
        return service;
      },
      startDht: async (options) => {
        const node = await library.startDht(options);
        this.#engines.push(node);
        return node;
      },
    };
  }

  /** The command ends within 5 s, or is ended. */
  stopRequested(): void {
    setTimeout(() => void this.#forceEnd(), stopMs);
  }

  /** Within half a second, or two on a busy machine. */
  hurryRequested(): void {
    setTimeout(() => void this.#forceEnd(), hurryMs);
  }

  /** @param touchesDisk Skipped before a SIGKILL. */
  atExit(task: () => void, touchesDisk: boolean): Disposable {
    process.once("exit", task);
    if (!touchesDisk) this.#tasks.add(task);
    return {
      [Symbol.dispose]: () => {
        process.off("exit", task);
        this.#tasks.delete(task);
      },
    };
  }

  /** A bug of the command, also an unhandled rejection. The engine's state is safe at any moment. */
  async endFailed(error: unknown): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    writeFinalLine(describeFailure(failureOf(error)));
    await this.#exit(ExitCode.internalFailure);
  }

  /** After the command has reported everything. Never returns. */
  async endWith(code: ExitCodeValue): Promise<never> {
    this.#isEnding = true;
    return await this.#exit(code);
  }

  async #forceEnd(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    await this.#exit(ExitCode.stopped);
  }

  async #exit(code: ExitCodeValue): Promise<never> {
    const closed = await this.#closeEngines();
    if (closed === "late") this.#kill(hangingCallSentence());
    if (closed === "badly") {
      await waitForReport();
      this.#kill(undefined);
    }
    if (!(await waitForFileCalls())) this.#kill(hangingCallSentence());
    if (this.#printsEnd) await printEnd(code);
    process.exit(code);
  }

  /** Or waits for closes under way, 2.5 s at most. */
  async #closeEngines(): Promise<"well" | "badly" | "late"> {
    const late = new Promise<"late">((resolve) => void setTimeout(resolve, enginesMs, "late"));
    const closed = Promise.allSettled(
      this.#engines.map((engine) => engine.close({ signal: abortedSignal })),
    ).then((all) => (all.some(({ status }) => status === "rejected") ? "badly" : "well"));
    return await Promise.race([closed, late]);
  }

  #kill(last: string | undefined): never {
    if (last !== undefined) writeFinalLine(last);
    for (const task of this.#tasks) task();
    process.kill(process.pid, "SIGKILL");
    // For the compiler: the signal arrives before.
    process.exit(ExitCode.failed);
  }
}

/** After all lines before it; a slow reader of stdout gets a moment. */
async function printEnd(code: ExitCodeValue): Promise<void> {
  const writer = new LineWriter(process.stdout);
  writer.write(endLine(code, Date.now()), "keep");
  await writer.drained(AbortSignal.timeout(lastLineMs));
}

/** The command reports the failed close in the same turn; a slow reader of stderr gets a moment. */
async function waitForReport(): Promise<void> {
  await setImmediate();
  await new LineWriter(process.stderr).drained(AbortSignal.timeout(finalOutputMs));
}

/** Whether this thread's file-system calls return in a moment. */
async function waitForFileCalls(): Promise<boolean> {
  const untilMs = performance.now() + fileCallsMs;
  while (hasFileCalls()) {
    if (performance.now() >= untilMs) return false;
    await new Promise<void>((resolve) => void setTimeout(resolve, pollPeriodMs));
  }
  return true;
}

function hasFileCalls(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"));
}

function hangingCallSentence(): string {
  const message =
    "cannot end in order: a disk call does not return, and the data waiting for it are not saved";
  return describeFailure(failureOf(new CommandError("disk-not-answering", message)));
}

/** Waits briefly for a slow reader. */
function writeFinalLine(text: string): void {
  const untilMs = performance.now() + finalOutputMs;
  let left: Uint8Array = Buffer.from(`${text}\n`);
  while (left.length > 0 && performance.now() < untilMs) {
    try {
      left = left.subarray(writeSync(2, left));
    } catch (error) {
      // The pipe is full: Node's stderr does not block.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollPeriodMs);
    }
  }
}
