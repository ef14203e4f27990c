// The end of this process, whatever sits in a disk call. `process.exit` waits for every thread and for every call of the
// file system: where one does not return only SIGKILL ends the process, and a shell sees 137.

import { writeSync } from "node:fs";
import type { CoordinatorPort, EnginePort } from "./engine-port.ts";
import { CommandError, describeFailure, ExitCode, failureOf } from "./failure.ts";
import type { ExitCodeValue } from "./failure.ts";

/** From the first signal, and from the second one, to the end. */
const stopMs = 4_600;
const hurryMs = 400;
/** What the last words may take: nobody may read stderr. */
const finalOutputMs = 100;
const pollPeriodMs = 5;
/** For engines to close: those that know of a disk call that does not return take less. */
const enginesMs = 2_500;
/** Calls of the file system that are about to return get this long. */
const fileCallsMs = 200;

const abortedSignal = AbortSignal.abort();

/** Ends the process once, by the gentlest way that does end it. */
export class ProcessEnd {
  readonly #engines: CoordinatorPort[] = [];
  /** Tasks that need no disk: they are done before a SIGKILL too. */
  readonly #tasks = new Set<() => void>();
  #isEnding = false;

  /** The library, whose engines are ended with the process. */
  watch(library: EnginePort): EnginePort {
    return {
      ...library,
      start: async (options) => {
        const engine = await library.start(options);
        this.#engines.push(engine);
        return engine;
      },
    };
  }

  /** The user has asked to stop: the command ends by itself in 5 s, or is ended. */
  stopRequested(): void {
    setTimeout(() => void this.#forceEnd(), stopMs);
  }

  /** The user does not want to wait: the same, in half a second. */
  hurryRequested(): void {
    setTimeout(() => void this.#forceEnd(), hurryMs);
  }

  /** Does something at the end, whatever way it comes. @param touchesDisk It is left out of an end by SIGKILL. */
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

  /** A bug of the command itself, unhandled rejections included. The engine's state is safe at any moment. */
  async endFailed(error: unknown): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    writeFinalLine(describeFailure(failureOf(error)));
    await this.#exit(ExitCode.internalFailure);
  }

  /** The command has come to its end, and has told what there was to tell. Never returns. */
  async endWith(code: ExitCodeValue): Promise<never> {
    this.#isEnding = true;
    return await this.#exit(code);
  }

  /** Nothing ends by itself: something hangs. */
  async #forceEnd(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    await this.#exit(ExitCode.stopped);
  }

  async #exit(code: ExitCodeValue): Promise<never> {
    const closed = await this.#closeEngines();
    if (closed === "late") this.#kill(hangingCallSentence());
    // Who closed it has told why it could not.
    if (closed === "badly") this.#kill(undefined);
    if (!(await waitForFileCalls())) this.#kill(hangingCallSentence());
    process.exit(code);
  }

  async #closeEngines(): Promise<"well" | "badly" | "late"> {
    const late = new Promise<"late">((resolve) => void setTimeout(resolve, enginesMs, "late"));
    const closed = Promise.allSettled(this.#engines.map(closeEngine)).then((all) =>
      all.some(({ status }) => status === "rejected") ? "badly" : "well",
    );
    return await Promise.race([closed, late]);
  }

  #kill(last: string | undefined): never {
    if (last !== undefined) writeFinalLine(last);
    for (const task of this.#tasks) task();
    process.kill(process.pid, "SIGKILL");
    // The signal arrives before anything else is done; this is for the compiler.
    process.exit(ExitCode.failed);
  }
}

/** Closes an engine, or waits for the close that is under way: half a second at most. */
async function closeEngine(engine: CoordinatorPort): Promise<void> {
  await engine.close({ signal: abortedSignal });
}

/** Whether no call of this thread to the file system is under way, or returns in a moment. */
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
    "cannot end in order: a disk call does not return, and what waits for it is not saved";
  return describeFailure(failureOf(new CommandError("disk-not-answering", message)));
}

/** Writes to stderr, and waits for a slow reader for a moment only. */
function writeFinalLine(text: string): void {
  const untilMs = performance.now() + finalOutputMs;
  let left: Uint8Array = Buffer.from(`${text}\n`);
  while (left.length > 0 && performance.now() < untilMs) {
    try {
      left = left.subarray(writeSync(2, left));
    } catch (error) {
      // The pipe is full: Node has set it to say so instead of waiting.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollPeriodMs);
    }
  }
}
