// Plants one fault, and runs tests until one of their files catches it.

import { waitForCalm } from "./calm.ts";
import { batchesWithin, type Batch, type SecondsOf } from "./batches.ts";
import { limitOf } from "../tests/test-files.ts";
import { isPageSource, marked, planted, type Fault } from "./faults.ts";
import { nearestTests, type TestGraph } from "./nearest.ts";
import { configOf, type runTests, type TestRun } from "./run-tests.ts";
import type { Tree } from "./trees.ts";
import type { Verdict } from "./verdicts.ts";

/** A copy of a tree in which a source can be changed. */
export type PlantedTree = Pick<Tree, "root" | "marker" | "read" | "write" | "restore" | "isLoaded">;

/** Two copies of a tree, and what is known of its tests. */
export interface Scene {
  readonly faulty: PlantedTree;
  readonly clean: PlantedTree;
  readonly runTests: typeof runTests;
  readonly graph: TestGraph;
  readonly secondsOf: SecondsOf;
  /** The tests of the long lanes, at their sizes. */
  readonly isLong: boolean;
  /** Tests begin when threads of other programs that want a core are at most so many. */
  readonly mostRunning: number;
}

/** Threads that waited longer for a core may fail tests by time: such a failure is confirmed twice. */
const calmShare = 0.2;
/** Runs of tests that took longer leave the rest out: the tree's tests may cost more than its ledger says. */
export const mostSeconds = 480;
/** More files of tests that fail without a fault say that the tree is broken. */
const mostRedWithout = 20;

/** @throws Error for a fault that does not fit the source, or cannot be joined. */
export async function measure(scene: Scene, fault: Fault): Promise<Verdict> {
  const beganMs = performance.now();
  const { faulty, clean } = scene;
  const source = clean.read(fault.path);
  const search = new Search(scene, fault, source);
  try {
    faulty.write(fault.path, marked(planted(source, fault), faulty.marker));
    const catching = await search.run();
    const isPage = isPageSource(fault.path);
    const isLoaded = faulty.isLoaded || isPage;
    return {
      id: fault.id,
      verdict: !isLoaded ? "not-loaded" : catching === undefined ? "survived" : "caught",
      ...catching,
      files: search.files,
      ledgerSeconds: search.seconds,
      seconds: Math.round((performance.now() - beganMs) / 1_000),
      ...(search.redWithout.length > 0 && { redWithout: search.redWithout }),
      ...(isPage && { page: true }),
    };
  } finally {
    faulty.restore(fault.path, source);
    clean.restore(fault.path, source);
  }
}

class Search {
  files = 0;
  seconds = 0;
  readonly redWithout: string[] = [];
  #spentSeconds = 0;
  #isCleanReady = false;
  readonly #scene: Scene;
  readonly #fault: Fault;
  readonly #source: string;

  constructor(scene: Scene, fault: Fault, source: string) {
    this.#scene = scene;
    this.#fault = fault;
    this.#source = source;
  }

  /** @returns The file that catches the fault and its first failed test. */
  async run(): Promise<Pick<Verdict, "file" | "title"> | undefined> {
    const { graph, secondsOf } = this.#scene;
    for (const batch of batchesWithin(nearestTests(graph, this.#fault.path), secondsOf)) {
      if (this.#spentSeconds >= mostSeconds) return undefined;
      // oxlint-disable-next-line no-await-in-loop
      const found = await this.#runBatch(batch);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #runBatch({ files, seconds }: Batch): Promise<Pick<Verdict, "file" | "title"> | undefined> {
    this.files += files.length;
    this.seconds += seconds;
    for (const group of byConfig(this.#scene.faulty.root, files)) {
      // oxlint-disable-next-line no-await-in-loop
      const run = await this.#runFiles(this.#scene.faulty, group);
      if (!run.isRed) continue;
      for (const file of suspects(group, run)) {
        // oxlint-disable-next-line no-await-in-loop
        const title = await this.#confirm(file);
        if (title !== undefined) return { file, title };
      }
    }
    return undefined;
  }

  /**
   * A file that was red catches the fault if it is red again alone, by the same test, and green without the fault. Where
   * it waited for a core, both are asked a second time.
   *
   * @returns The title of the test.
   */
  async #confirm(file: string): Promise<string | undefined> {
    const { faulty } = this.#scene;
    const first = await this.#runFiles(faulty, [file]);
    if (!first.isRed || !(await this.#isGreenWithout(file))) return undefined;
    if (first.waitShare <= calmShare && !first.isHung) return titleOf(first);
    const second = await this.#runFiles(faulty, [file]);
    const isSame =
      second.isRed &&
      (first.titles.length === 0 || first.titles.some((title) => second.titles.includes(title)));
    if (!isSame || !(await this.#isGreenWithout(file))) return undefined;
    return titleOf(first);
  }

  async #isGreenWithout(file: string): Promise<boolean> {
    const { clean } = this.#scene;
    // The mark is there too: a test that reads the source, or counts calls of the system, is red in both copies.
    if (!this.#isCleanReady) clean.write(this.#fault.path, marked(this.#source, clean.marker));
    this.#isCleanReady = true;
    let run = await this.#runFiles(clean, [file]);
    // A red of threads that waited for a core says nothing about the file.
    for (let tries = 1; run.isRed && run.waitShare > calmShare && tries < 3; tries += 1)
      // oxlint-disable-next-line no-await-in-loop
      run = await this.#runFiles(clean, [file]);
    if (!run.isRed) return true;
    this.redWithout.push(file);
    if (this.redWithout.length > mostRedWithout)
      throw new Error(`red without a fault: ${this.redWithout.join(", ")}`);
    return false;
  }

  async #runFiles(tree: PlantedTree, files: readonly string[]): Promise<TestRun> {
    await waitForCalm(this.#scene.mostRunning);
    const { isLong, secondsOf } = this.#scene;
    const seconds = files.reduce((sum, file) => sum + secondsOf(file), 0);
    const limitSeconds = limitOf(seconds, isLong);
    const run = await this.#scene.runTests(tree.root, files, { isLong, limitSeconds });
    this.#spentSeconds += run.seconds;
    return run;
  }
}

function titleOf({ isHung, titles }: TestRun): string {
  return titles[0] ?? (isHung ? "it hangs" : "it ends with an error");
}

/** Files of one configuration of ava run together. */
function byConfig(root: string, files: readonly string[]): string[][] {
  return [...Map.groupBy(files, (file) => configOf(root, file)).values()];
}

/** The files that a failed title names; all of them where none is named. */
function suspects(files: readonly string[], { titles, isHung }: TestRun): readonly string[] {
  if (files.length === 1) return files;
  const text = titles.join("\n");
  const named = files.filter((file) => text.includes(stemOf(file)));
  return isHung || named.length === 0 ? files : named;
}

function stemOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1).replace(".test.ts", "");
}
