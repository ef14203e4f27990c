import { resolve } from "node:path";
import type { OutputOptions } from "../arguments/output-options.ts";
import type {
  CodedMessage,
  CoordinatorOptions,
  CoordinatorPort,
  DhtPort,
  DhtStartOptions,
} from "../engine-port.ts";
import { ExitCode, failureOf, type ExitCodeValue } from "../failure.ts";
import { openLog, type Log } from "../output/log.ts";
import { JsonReporter } from "../report/json-reporter.ts";
import { PeopleReporter, QuietReporter } from "../report/people-reporter.ts";
import type { Reporter } from "../report/reporter.ts";
import { placedOptions } from "../source.ts";
import type { Environment } from "../environment.ts";

/** For a slow reader of stdout after a stop. */
const finalOutputMs = 500;

/** `engine`: settings as the command line has them. `warnings`: of the settings file and the environment. */
type RunOptions = OutputOptions & {
  readonly engine: CoordinatorOptions;
  readonly warnings?: readonly CodedMessage[];
};

/**
 * Runs a command: opens the log, reports errors, which become the exit code, and closes the engines before the
 * reporter.
 */
export async function withEngines(
  options: RunOptions,
  environment: Environment,
  work: (run: EngineRun) => Promise<ExitCodeValue>,
): Promise<ExitCodeValue> {
  const run = new EngineRun(options, environment);
  const code = await run.guarded(async () => {
    await run.openLog();
    for (const warning of options.warnings ?? []) run.reporter.warned(warning, "settings");
    return await work(run);
  });
  const closed = await run.close();
  return closed === ExitCode.done ? code : closed;
}

/** Services of a running command. */
export class EngineRun {
  readonly environment: Environment;
  readonly reporter: Reporter;
  readonly #options: RunOptions;
  readonly #engines: Pick<CoordinatorPort, "close">[] = [];
  readonly #reported = new WeakSet<CoordinatorPort>();
  #log: Log | undefined;

  constructor(options: RunOptions, environment: Environment) {
    this.#options = options;
    this.environment = environment;
    this.reporter = makeReporter(options, environment);
  }

  /** Takes the entries of the log. Undefined: there is none. */
  get log(): Log["write"] {
    return this.#log?.write;
  }

  /**
   * Closed by the run after the work.
   *
   * @param options They go before the settings of the command line. Without a state folder here, no state is kept.
   * @param label Tells engines apart.
   */
  async startEngine(options: CoordinatorOptions, label?: string): Promise<CoordinatorPort> {
    const log = this.#log?.write;
    const { stateDirectory: _, ...settings } = this.#options.engine;
    const engine = await this.environment.engine.start({
      ...placedOptions(settings, this.environment),
      ...(log !== undefined && { log }),
      signal: this.environment.stop,
      ...options,
    });
    this.#engines.push(engine);
    this.reporter.supervise(engine, label);
    return engine;
  }

  /** A node of the DHT; closed by the run after the work. */
  async startDht(options: DhtStartOptions): Promise<DhtPort> {
    const log = this.#log?.write;
    const { engine, stop } = this.environment;
    const node = await engine.startDht({
      ...(log !== undefined && { log }),
      signal: stop,
      ...options,
    });
    this.#engines.push(node);
    return node;
  }

  /** The port and the IP filter, once for each engine. */
  reportStart(engine: CoordinatorPort): void {
    if (this.#reported.has(engine)) return;
    this.#reported.add(engine);
    this.reporter.listening(engine);
    this.reportIpFilter(engine);
  }

  /** The ranges of its filter, and a warning of the lines that were skipped. */
  reportIpFilter({ ipFilter }: Pick<CoordinatorPort, "ipFilter">): void {
    if (ipFilter === undefined) return;
    this.reporter.filtering(ipFilter);
    const { error, skippedLines, firstSkippedLine, path } = ipFilter;
    if (error !== undefined)
      this.reporter.warned({ code: "ip-filter-not-updated", message: error }, path);
    if (firstSkippedLine === undefined) return;
    const lines = skippedLines === 1 ? "a line is" : `${skippedLines} lines are`;
    const message = `${lines} not understood and left out of the IP filter; the first is line ${firstSkippedLine}`;
    this.reporter.warned({ code: "ip-filter-lines-skipped", message }, path);
  }

  /** Reports an error once; it becomes the exit code. */
  async guarded(task: () => Promise<ExitCodeValue>, subject?: string): Promise<ExitCodeValue> {
    try {
      return await task();
    } catch (error) {
      // The user ended the wait.
      const isAbort = error instanceof Error && error.name === "AbortError";
      if (this.environment.stop.aborted && isAbort) return ExitCode.stopped;
      const failure = failureOf(error);
      this.reporter.failed(failure, subject);
      return failure.exitCode;
    }
  }

  /** Before any engine starts. */
  async openLog(): Promise<void> {
    const { logLevel, logFile } = this.#options;
    const path = logFile && resolve(this.environment.currentFolder, logFile);
    this.#log = await openLog(logLevel, path, (line) => this.reporter.note(line));
  }

  async close(): Promise<ExitCodeValue> {
    const { stop, hurry } = this.environment;
    const code = await this.guarded(async () => {
      await Promise.all(this.#engines.map((engine) => engine.close({ signal: hurry })));
      return ExitCode.done;
    });
    const lastWords = stop.aborted ? AbortSignal.timeout(finalOutputMs) : stop;
    const giveUp = AbortSignal.any([lastWords, hurry]);
    await this.reporter.close(giveUp);
    await this.#log?.close(giveUp);
    return code;
  }
}

/** Its timers run until it is closed. */
function makeReporter(options: OutputOptions, environment: Environment): Reporter {
  if (options.json) return new JsonReporter(environment, options.jsonEvents);
  return options.quiet ? new QuietReporter(environment) : new PeopleReporter(environment);
}
