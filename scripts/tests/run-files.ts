// Runs test files in processes, some at a time, and tries again what may have failed by chance.

import { slowness } from "./calibration.ts";
import { readLedger, type Ledger } from "./ledger.ts";
import { Lanes } from "./lanes.ts";
import { groupsOf, laneOf, limitOf, secondsOf, type Group } from "./test-files.ts";
import { runProcess, type Failure, type ProcessResult } from "./run-process.ts";
import { temporaryPlaces } from "./temporary-place.ts";
import { unexpectedFacts } from "./unexpected-facts.ts";

/** A test that failed and passed when its file ran again, alone. */
export interface Unstable {
  readonly file: string;
  readonly title: string;
  /** Its failure, with its values and stack. */
  readonly text: string;
}

/** Result of running files. */
export interface FilesResult {
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly unstable: readonly Unstable[];
  readonly processes: readonly ProcessResult[];
  /** From the start of the first process to the end of the last. */
  readonly seconds: number;
  /** Processor seconds; `norm` divides them by how slow the machine was. */
  readonly cpu: number;
  readonly norm: number;
}

/** How files are run. */
export interface FilesOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Full titles of tests that are not run. */
  readonly leftOut?: readonly string[];
  /** Full titles of the tests that are run; all without it. */
  readonly only?: readonly string[];
  /** No second try. */
  readonly isStrict?: boolean;
  /** The seed of all files that take one. A failed file runs once more with it, in every lane; its report names it. */
  readonly seed?: number;
  /** The files' long forms, and the ledger's seconds of these. */
  readonly isLong?: boolean;
  /** Each file has a process of its own. */
  readonly isAlone?: boolean;
  /** A process ends after so long, whatever the ledger says. */
  readonly limitSeconds?: number;
  /** Told of each process that has ended. */
  readonly ended?: (result: ProcessResult, left: number) => void;
}

const mostTries = 2;

/** Runs files: lanes D and E beside each other, then lane M, then failed files once more. */
export async function runFiles(
  files: readonly string[],
  options: FilesOptions = {},
  lanes: Lanes = new Lanes(),
): Promise<FilesResult> {
  const run = new FilesRun(files, options);
  await run.beside(lanes);
  await run.alone();
  return run.result();
}

/** The variables that processes get. */
export function environmentOf({
  environment,
  isLong,
  seed,
}: FilesOptions): Readonly<Record<string, string>> {
  return {
    ...environment,
    ...(isLong === true && { TEST_LANE: "long" }),
    ...(seed !== undefined && { TEST_SEED: String(seed) }),
  };
}

function groupOf(file: string, ledger: Ledger, isLong: boolean): Group {
  const row = ledger[file];
  const seconds = secondsOf(file, row, isLong);
  return { name: file, lane: laneOf(file, row), files: [file], seconds };
}

/** The run of some files. Runs that share their lanes are beside each other. */
export class FilesRun {
  readonly #ledger = readLedger();
  readonly #places = temporaryPlaces();
  readonly #options: FilesOptions;
  readonly #groups: readonly Group[];
  readonly #processes: ProcessResult[] = [];
  readonly #failed: ProcessResult[] = [];
  readonly #failures: Failure[] = [];
  readonly #unstable: Unstable[] = [];
  #passed = 0;
  #beganMs: number | undefined;
  #endedMs = 0;
  #cpu = 0;
  #norm = 0;

  constructor(files: readonly string[], options: FilesOptions) {
    this.#options = options;
    const isLong = options.isLong === true;
    this.#groups =
      options.isAlone === true
        ? files.map((file) => groupOf(file, this.#ledger, isLong))
        : groupsOf(files, this.#ledger, isLong);
  }

  /** Runs lanes D and E. */
  async beside(lanes: Lanes): Promise<void> {
    const run = async (group: Group): Promise<void> => {
      const { lane, seconds } = group;
      if (lane !== "M")
        this.#take(await lanes.use(lane, seconds, async () => await this.#run(group)));
    };
    await Promise.all(this.#groups.map(run));
  }

  /** Runs lane M, then failed files again: each needs the machine for itself. */
  async alone(): Promise<void> {
    for (const group of this.#groups) {
      if (group.lane === "M") this.#take(await this.#run(group));
    }
    await this.#again();
  }

  /** Runs files that failed, each alone. In lane D a failure stays one; the second run tells whose it is. */
  async #again(): Promise<void> {
    for (const { group, failures } of this.#failed) {
      const named = failures.every(({ file }) => file !== "");
      const files = named ? [...new Set(failures.map(({ file }) => file))] : group.files;
      if (this.#options.isStrict === true) this.#failures.push(...failures);
      else if (group.lane !== "D" || this.#options.seed !== undefined)
        await this.#retry(failures, files);
      else if (group.files.length === 1) this.#failures.push(...failures);
      else await this.#tellWhose(failures, files);
    }
  }

  result(): FilesResult {
    return {
      seconds: (this.#endedMs - (this.#beganMs ?? this.#endedMs)) / 1_000,
      passed: this.#passed,
      failures: this.#failures,
      unstable: this.#unstable,
      processes: this.#processes,
      cpu: this.#cpu,
      norm: this.#norm,
    };
  }

  /** A failure is unstable if all of `files` pass: of a failure that names no file each could be the cause. */
  async #retry(first: readonly Failure[], files: readonly string[]): Promise<void> {
    const seen = [...first];
    const found: Failure[] = [];
    for (const file of files) {
      let last: readonly Failure[] = seen.filter((failure) => failure.file === file);
      const titles = new Set(last.map(({ title }) => title).filter((title) => title !== ""));
      for (let left = this.#mostTries(); left > 0; left--) {
        const result = await this.#runAlone(file);
        last = result.failures.length > 0 ? result.failures : missing(file, titles, result);
        if (last.length === 0) break;
        seen.push(...last);
      }
      found.push(...last.map((failure) => this.#found(failure)));
      if (last.length === 0) this.#passed += titles.size;
    }
    this.#failures.push(...found);
    if (found.length > 0) return;
    const once = new Map(seen.map((failure) => [`${failure.file} › ${failure.title}`, failure]));
    this.#unstable.push(
      ...[...once.values()].map(({ file, title, text }) => ({
        file: file || (files[0] ?? ""),
        title,
        text,
      })),
    );
  }

  /** With a seed, red twice is found. */
  #mostTries(): number {
    return this.#options.seed === undefined ? mostTries : 1;
  }

  #found(failure: Failure): Failure {
    const { seed } = this.#options;
    if (seed === undefined) return failure;
    const text = `FOUND ${failure.file}: ${failure.title} --long --seed ${seed}\n${failure.text}`;
    return { ...failure, text };
  }

  async #tellWhose(failures: readonly Failure[], files: readonly string[]): Promise<void> {
    const whose = new Map<string, string>();
    for (const file of files) {
      const { failures: alone } = await this.#runAlone(file);
      whose.set(
        file,
        alone.length === 0
          ? "passes alone: another file of its process disturbs it"
          : "fails alone, too",
      );
    }
    this.#failures.push(
      ...failures.map((failure) => ({
        ...failure,
        text: `${whose.get(failure.file) ?? ""}\n${failure.text}`,
      })),
    );
  }

  async #runAlone(file: string): Promise<ProcessResult> {
    return await this.#run(groupOf(file, this.#ledger, this.#options.isLong === true));
  }

  async #run(group: Group): Promise<ProcessResult> {
    const { leftOut, limitSeconds, only } = this.#options;
    this.#beganMs ??= performance.now();
    const usual = limitOf(group.seconds * Math.max(1, slowness()), this.#options.isLong);
    const result = await runProcess(group, {
      temporaryFolder: this.#places.placeOf(group.files),
      limitSeconds: limitSeconds ?? usual,
      environment: environmentOf(this.#options),
      ...(leftOut !== undefined && { leftOut }),
      ...(only !== undefined && { only }),
    });
    this.#endedMs = performance.now();
    this.#cpu += result.cpu;
    this.#norm += result.cpu / slowness();
    return result;
  }

  #take(seen: ProcessResult): void {
    const changed = seen.group.files.length > 1 ? unexpectedFacts(seen.facts, this.#ledger) : [];
    this.#failures.push(...changed);
    this.#processes.push(seen);
    this.#passed += seen.passed;
    if (seen.failures.length > 0) this.#failed.push(seen);
    this.#options.ended?.(seen, this.#groups.length - this.#processes.length);
  }
}

/** Failures for tests that failed and were not run again by a process that passed. */
function missing(
  file: string,
  titles: ReadonlySet<string>,
  { durations }: ProcessResult,
): Failure[] {
  return [...titles]
    .filter((title) => !durations.has(title))
    .map((title) => ({ file, title, text: "the test was not run again" }));
}
