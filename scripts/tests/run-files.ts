// Runs test files in processes, some at a time, and tries again what may have failed by chance.

import { slowness } from "./calibration.ts";
import { readLedger, type Ledger } from "./ledger.ts";
import { groupsOf, laneOf, limitOf, secondsOf, type Group, type Lane } from "./test-files.ts";
import { runProcess, type Failure, type ProcessResult } from "./run-process.ts";
import { temporaryPlaces, type TemporaryPlaces } from "./temporary-place.ts";
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
  /** The seed of the environment. A failed file runs once more with it, in every lane; its report names the seed. */
  readonly seed?: number;
  /** The ledger's seconds of the long lanes count. */
  readonly isLong?: boolean;
  /** Each file has a process of its own. */
  readonly isAlone?: boolean;
  /** A process ends after so long, whatever the ledger says. */
  readonly limitSeconds?: number;
  /** Told of each process that has ended. */
  readonly ended?: (result: ProcessResult, left: number) => void;
}

/** Processes at a time: two cores; what runs engines also waits. */
const processesOf = { D: 2, E: 3, M: 1 } as const satisfies Record<Lane, number>;
const mostTries = 2;

/** Runs files by their lanes, one lane after the other, then failed files once more. */
export async function runFiles(
  files: readonly string[],
  options: FilesOptions = {},
): Promise<FilesResult> {
  using places = temporaryPlaces();
  console.log(places.text);
  const ledger = readLedger();
  const run = new Run(ledger, places, options);
  const isLong = options.isLong === true;
  const groups =
    options.isAlone === true
      ? files.map((file) => groupOf(file, ledger, isLong))
      : groupsOf(files, ledger, isLong);
  run.left = groups.length;
  for (const lane of ["D", "E", "M"] as const) {
    await run.all(
      groups.filter((group) => group.lane === lane),
      processesOf[lane],
    );
  }
  await run.again();
  return run.result();
}

function groupOf(file: string, ledger: Ledger, isLong: boolean): Group {
  const row = ledger[file];
  const seconds = secondsOf(file, row, isLong);
  return { name: file, lane: laneOf(file, row), files: [file], seconds };
}

class Run {
  left = 0;
  readonly #ledger: Ledger;
  readonly #places: TemporaryPlaces;
  readonly #options: FilesOptions;
  readonly #processes: ProcessResult[] = [];
  readonly #failed: ProcessResult[] = [];
  readonly #failures: Failure[] = [];
  readonly #unstable: Unstable[] = [];
  #passed = 0;

  constructor(ledger: Ledger, places: TemporaryPlaces, options: FilesOptions) {
    this.#ledger = ledger;
    this.#places = places;
    this.#options = options;
  }

  async all(groups: readonly Group[], processes: number): Promise<void> {
    const waiting = [...groups];
    const worker = async (): Promise<void> => {
      for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
        this.#take(await this.#run(group));
      }
    };
    await Promise.all(Array.from({ length: processes }, worker));
  }

  /** Runs files that failed, each alone. In lane D a failure stays one; the second run tells whose it is. */
  async again(): Promise<void> {
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
      passed: this.#passed,
      failures: this.#failures,
      unstable: this.#unstable,
      processes: this.#processes,
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
    const { environment, leftOut, limitSeconds, only } = this.#options;
    const usual = limitOf(group.seconds * Math.max(1, slowness()));
    return await runProcess(group, {
      temporaryFolder: this.#places.placeOf(group.files),
      limitSeconds: limitSeconds ?? usual,
      ...(environment !== undefined && { environment }),
      ...(leftOut !== undefined && { leftOut }),
      ...(only !== undefined && { only }),
    });
  }

  #take(seen: ProcessResult): void {
    const changed = seen.group.files.length > 1 ? unexpectedFacts(seen.facts, this.#ledger) : [];
    this.#failures.push(...changed);
    this.#processes.push(seen);
    this.#passed += seen.passed;
    this.left--;
    if (seen.failures.length > 0) this.#failed.push(seen);
    this.#options.ended?.(seen, this.left);
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
