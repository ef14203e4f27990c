// What every call that needs an engine does around its work: log and engines opened, everything closed in order
// whatever happens, failures told.

import { resolve } from "node:path";
import type { EngineChoices, SayOptions } from "../arguments/invocation.ts";
import type { CoordinatorOptions, CoordinatorPort } from "../engine-port.ts";
import { ExitCode, failureOf } from "../failure.ts";
import type { ExitCodeValue } from "../failure.ts";
import { openLog } from "../output/log.ts";
import type { Log } from "../output/log.ts";
import { makeReporter } from "../report/make-reporter.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Surroundings } from "../surroundings.ts";

/** Milliseconds that a slow reader of stdout gets once the user has asked to stop. */
const lastWordsMs = 500;

type RunOptions = SayOptions & EngineChoices;

/**
 * Runs the work of one call. What it throws is told and becomes the exit code; the engines that it started are
 * closed before the reporter says its last word.
 */
export async function withEngines(
  options: RunOptions,
  surroundings: Surroundings,
  work: (run: EngineRun) => Promise<ExitCodeValue>,
): Promise<ExitCodeValue> {
  const run = new EngineRun(options, surroundings);
  const code = await run.guarded(async () => {
    await run.openLog();
    return await work(run);
  });
  const closed = await run.close();
  return closed === ExitCode.done ? code : closed;
}

/** What the work of a call is given. */
export class EngineRun {
  readonly surroundings: Surroundings;
  readonly reporter: Reporter;
  readonly #options: RunOptions;
  readonly #engines: CoordinatorPort[] = [];
  #log: Log | undefined;

  constructor(options: RunOptions, surroundings: Surroundings) {
    this.#options = options;
    this.surroundings = surroundings;
    this.reporter = makeReporter(options, surroundings);
  }

  /** Starts an engine that is closed when the work has ended. @param label Tells several engines apart. */
  async startEngine(options: CoordinatorOptions, label?: string): Promise<CoordinatorPort> {
    const log = this.#log?.take;
    const engine = await this.surroundings.engine.start({
      ...choicesOf(this.#options),
      ...(log !== undefined && { log }),
      signal: this.surroundings.stop,
      ...options,
    });
    this.#engines.push(engine);
    this.reporter.supervise(engine, label);
    return engine;
  }

  /** Runs a task; what it throws is told, once, and becomes the exit code. */
  async guarded(task: () => Promise<ExitCodeValue>, subject?: string): Promise<ExitCodeValue> {
    try {
      return await task();
    } catch (error) {
      // A wait that the user has ended is no failure.
      if (this.surroundings.stop.aborted && isAbort(error)) return ExitCode.stopped;
      const failure = failureOf(error);
      this.reporter.failed(failure, subject);
      return failure.exitCode;
    }
  }

  /** Opens the log that the options ask for; before any engine. */
  async openLog(): Promise<void> {
    const { logLevel, logFile } = this.#options;
    const path = logFile && resolve(this.surroundings.currentFolder, logFile);
    this.#log = await openLog(logLevel, path, (line) => this.reporter.note(line));
  }

  /** Closes engines, reporter and log. */
  async close(): Promise<ExitCodeValue> {
    const { stop, hurry } = this.surroundings;
    const code = await this.guarded(async () => {
      await Promise.all(this.#engines.map((engine) => engine.close({ signal: hurry })));
      return ExitCode.done;
    });
    const lastWords = stop.aborted ? AbortSignal.timeout(lastWordsMs) : stop;
    const giveUp = AbortSignal.any([lastWords, hurry]);
    await this.reporter.close(giveUp);
    await this.#log?.close(giveUp);
    return code;
  }
}

function choicesOf({
  memoryBytes,
  peerWorkers,
  hashThreads,
  chaos,
}: EngineChoices): CoordinatorOptions {
  return {
    ...(memoryBytes !== undefined && { memory: memoryBytes }),
    ...(peerWorkers !== undefined && { peerWorkers }),
    ...(hashThreads !== undefined && { hashThreads }),
    ...(chaos !== undefined && { chaos }),
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
