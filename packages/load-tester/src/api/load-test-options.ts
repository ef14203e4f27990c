import type { Names, WorkerUrlsOption } from "@troupe/api-base";
import { refuseUnknownOptions } from "@troupe/api-base";
import { outOfRange } from "@troupe/control";
import type { GeneratorEvents, Generators } from "../generator/generators.ts";
import type { MeasuredRun } from "../results/measured-run.ts";
import type { GroupFacts, LoadTestResult, Second, TargetFacts } from "../results/result.ts";
import type { PhaseFacts } from "./phase-list.ts";

/** A run that is about to begin. */
export interface RunFacts {
  readonly name: string;
  readonly seed: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Planned duration. */
  readonly durationMs: number;
  readonly phases: PhaseFacts;
  readonly groups: readonly GroupFacts[];
  readonly targets: readonly TargetFacts[];
  /** Its budgets, as written. */
  readonly budgets: readonly string[];
}

/** Options of a load test. */
export interface LoadTestOptions {
  /** Ends the run; its result, so far, has the outcome `stopped`. */
  readonly signal?: AbortSignal;
  /** Threads that make load, in this process. Default 1. */
  readonly threads?: number;
  /** Numeric addresses outside of loopback and private ranges that load may go to. Default: none. */
  readonly allowTargets?: readonly string[];
  /** Called once before the first connect. */
  readonly onBegin?: (facts: RunFacts) => void;
  /**
   * Called with each second, in order, once the windows of all generators are in.
   *
   * @param soFar To be read at once.
   * @param partial Makes the result so far, of the outcome `partial`; called at once or never. It costs as much as the end of
   *   the run.
   */
  readonly onSecond?: (second: Second, soFar: MeasuredRun, partial: () => LoadTestResult) => void;
  /** The `troupe` command, for targets that the scenario starts: a program and its first arguments. */
  readonly ownCommand?: readonly string[];
  /** See the option `workerUrls` of a coordinator. */
  readonly workerUrls?: WorkerUrlsOption;
  /** Other generators than threads of this process. */
  readonly generators?: (events: GeneratorEvents) => Generators | Promise<Generators>;
}

const names: Names<keyof LoadTestOptions> = {
  signal: true,
  threads: true,
  allowTargets: true,
  onBegin: true,
  onSecond: true,
  ownCommand: true,
  workerUrls: true,
  generators: true,
};

/** More threads than that share cores with the target on any machine. */
const mostThreads = 64;

/** @throws TroupeError `option-unknown`, `option-out-of-range` */
export function checkOptions(options: LoadTestOptions): void {
  refuseUnknownOptions(options, names);
  const { threads = 1 } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads) {
    throw outOfRange("threads", String(threads), `a whole number from 1 to ${mostThreads}`);
  }
}
