// One line for each target: rewritten at a terminal, written once at the end anywhere else.

import type { Fuzzer } from "./fuzzer.ts";

const everyMs = 500;

/** How far the fuzzing of one target has come. */
export class ProgressLine {
  readonly #fuzzer: Fuzzer;
  readonly #startedMs: number = performance.now();
  #shownMs = 0;

  constructor(fuzzer: Fuzzer) {
    this.#fuzzer = fuzzer;
  }

  /** Rewrites the line, twice a second at most. */
  show(): void {
    const nowMs = performance.now();
    if (!process.stdout.isTTY || nowMs - this.#shownMs < everyMs) return;
    this.#shownMs = nowMs;
    process.stdout.write(`\r\u001b[2K${this.#text(nowMs)}`);
  }

  /** Writes the last line. @param grownBytes Memory kept since the first quarter. */
  end(grownBytes: number): void {
    if (process.stdout.isTTY) process.stdout.write("\r\u001b[2K");
    const kept = Number.isFinite(grownBytes) ? `, kept ${megabytes(grownBytes)}` : "";
    process.stdout.write(`${this.#text(performance.now())}${kept}\n`);
  }

  #text(nowMs: number): string {
    const { target, inputs, corpus, coveredCharacters, failures } = this.#fuzzer;
    const perSecond = Math.round((inputs / (nowMs - this.#startedMs)) * 1_000);
    return [
      target.name.padEnd(20),
      `${inputs.toLocaleString("en").padStart(12)} inputs`,
      `${perSecond.toLocaleString("en").padStart(8)}/s`,
      ...(coveredCharacters > 0
        ? [`${coveredCharacters.toLocaleString("en").padStart(8)} characters covered`]
        : []),
      `corpus ${String(corpus.length).padStart(4)}`,
      `RSS ${megabytes(process.memoryUsage.rss())}`,
      ...(failures > 0 ? [`${failures} failures`] : []),
    ].join("  ");
  }
}

/** @returns `12.3 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
