// Fuzzes one target: new inputs from old ones, those that reach new code are kept.

import { Coverage } from "./coverage.ts";
import { type Finding, judge, minimise, minimiseFinding } from "./finding.ts";
import { Random } from "./random.ts";
import type { FuzzTarget } from "./target.ts";

/** Inputs between two readings of the coverage. */
const smallestBatch = 64;
const largestBatch = 4_096;
/** Bytes of the inputs of one batch, which are kept until the coverage is read. */
const mostBatchBytes = 4 * 1_048_576;
const usualMaxBytes = 4_096;
/** Ways to fail that are looked into; more of them are counted only. */
const mostFindings = 20;

/** How a fuzzer is set up. */
export interface FuzzerOptions {
  /** Seed of the inputs: equal seeds and corpora give equal inputs. */
  readonly seed: string;
  readonly corpus: readonly Uint8Array[];
  /** Without it no input is kept, and all run at full speed. */
  readonly isGuided: boolean;
  /** Whether a slow input is a finding: not where the machine may have other things to do. Default true. */
  readonly isTimed?: boolean;
  /** Called before an input runs, so that another thread can save it if it never ends. */
  readonly beforeInput?: (input: Uint8Array) => void;
  readonly found?: (finding: Finding, input: Uint8Array) => void;
}

/** The state of one target's fuzzing. Asked for a batch of inputs at a time. */
export class Fuzzer {
  readonly target: FuzzTarget;
  /** Inputs to mutate: seeds, the corpus, and what reached new code. */
  readonly corpus: Uint8Array[];
  readonly findings: { readonly finding: Finding; readonly input: Uint8Array }[] = [];
  /** Inputs run, those of the corpus included. */
  inputs = 0;
  failures = 0;
  readonly #options: FuzzerOptions;
  readonly #random: Random;
  readonly #coverage: Coverage | undefined;
  #batch = smallestBatch;

  constructor(target: FuzzTarget, options: FuzzerOptions) {
    this.target = target;
    this.#options = options;
    this.#random = new Random(`${target.name} ${options.seed}`);
    // Not Buffers: a slice of one shares its memory, and changing it would change the corpus.
    this.corpus = [...target.seeds(), ...options.corpus].map((input) => new Uint8Array(input));
    this.#coverage = options.isGuided ? new Coverage(target.sources) : undefined;
  }

  get coveredCharacters(): number {
    return this.#coverage?.coveredCharacters ?? 0;
  }

  /** Runs what is known already: seeds and corpus. */
  async replay(): Promise<void> {
    for (const input of this.corpus) await this.#run(input);
    this.#coverage?.note();
  }

  /** Runs so many new inputs, or a few more. */
  async go(count: number): Promise<void> {
    const until = this.inputs + count;
    while (this.inputs < until) {
      const wanted = Math.min(this.#batch, until - this.inputs);
      const inputs = await this.#runBatch(wanted);
      // A turn of the event loop: only then native memory is let go of.
      await new Promise(setImmediate);
      if (this.#coverage?.hasNews() !== true) {
        this.#batch = Math.min(largestBatch, this.#batch + (this.#batch >> 2));
        continue;
      }
      this.#batch = smallestBatch;
      for (const input of inputs) await this.#keepIfNew(input, this.#coverage);
    }
  }

  /** @returns The inputs that together reach everything reached, the short ones first. */
  async distilled(): Promise<Uint8Array[]> {
    this.close();
    const coverage = new Coverage(this.target.sources);
    const kept: Uint8Array[] = [];
    const shortFirst = this.corpus.toSorted((a, b) => a.length - b.length);
    for (const input of shortFirst) {
      await this.#run(input);
      if (coverage.note() > 0) kept.push(input);
    }
    coverage.close();
    return kept;
  }

  close(): void {
    this.#coverage?.close();
  }

  async #runBatch(count: number): Promise<Uint8Array[]> {
    const inputs: Uint8Array[] = [];
    let batchBytes = 0;
    while (inputs.length < count && batchBytes < mostBatchBytes) {
      const input = this.#newInput();
      inputs.push(input);
      batchBytes += input.length;
      await this.#run(input);
    }
    return inputs;
  }

  #newInput(): Uint8Array {
    const random = this.#random;
    const recent = this.corpus.length - 1 - random.below(16);
    const parent = (random.oneIn(2) ? this.corpus[recent] : undefined) ?? random.pick(this.corpus);
    return this.target.mutate(parent ?? new Uint8Array(0), {
      random,
      other: random.pick(this.corpus) ?? new Uint8Array(0),
      maxBytes: this.target.maxBytes ?? usualMaxBytes,
    });
  }

  async #keepIfNew(input: Uint8Array, coverage: Coverage): Promise<void> {
    await this.#run(input);
    if (!coverage.hasNews()) return;
    const short = await minimise(input, 60, async (shorter) => {
      await this.#run(shorter);
      return coverage.hasNews();
    });
    coverage.skip();
    await this.#run(short);
    coverage.note();
    this.corpus.push(new Uint8Array(short));
  }

  async #run(input: Uint8Array): Promise<void> {
    this.inputs += 1;
    this.#options.beforeInput?.(input);
    const finding = await judge(this.target, input, this.#options.isTimed ?? true);
    if (finding === undefined) return;
    this.failures += 1;
    const isKnown = this.findings.some((known) => known.finding.signature === finding.signature);
    if (isKnown || this.findings.length >= mostFindings) return;
    const short = await minimiseFinding(this.target, input, finding, this.#options.beforeInput);
    this.findings.push({ finding, input: short });
    this.#options.found?.(finding, short);
  }
}
