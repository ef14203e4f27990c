// Lines into a stream whose reader may be slow or gone, within a bound.

import type { Writable } from "node:stream";

/** Bytes that may wait for a slow reader; lines that can be spared are left out beyond it (docs/limits.md). */
export const maxQueuedBytes: number = 4 * 1024 * 1024;

/** How much a line matters when the reader is slow. */
export type Importance = "spare" | "keep";

/**
 * Writes lines without ever waiting. What the reader does not take stays in the stream's queue; beyond the
 * bound, lines of importance `spare` are counted instead of queued.
 */
export class LineWriter {
  readonly #stream: Writable;
  readonly #maxQueuedBytes: number;
  #leftOut = 0;
  #isClosed = false;

  constructor(stream: Writable, bound: number = maxQueuedBytes) {
    this.#stream = stream;
    this.#maxQueuedBytes = bound;
    // A stream that fails (EPIPE) takes no more; who must stop for it listens to the stream itself.
    stream.on("error", () => {
      this.#isClosed = true;
    });
  }

  /** Lines left out since the last `takeLeftOut`. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** True when half of the bound is free again. */
  get hasRoom(): boolean {
    return this.#stream.writableLength <= this.#maxQueuedBytes / 2;
  }

  /** How many lines were left out; the count starts again. */
  takeLeftOut(): number {
    const count = this.#leftOut;
    this.#leftOut = 0;
    return count;
  }

  /** @param line Without its line end. @returns false when it was left out. */
  write(line: string, importance: Importance): boolean {
    if (this.#isClosed) return false;
    if (importance === "spare" && this.#stream.writableLength >= this.#maxQueuedBytes) {
      this.#leftOut++;
      return false;
    }
    this.#stream.write(`${line}\n`);
    return true;
  }

  /** Resolves when the reader has taken everything, the stream has failed, or `signal` gives up the wait. */
  async drained(signal?: AbortSignal): Promise<void> {
    if (this.#isClosed || this.#stream.writableLength === 0 || signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal?.removeEventListener("abort", done);
        resolve();
      };
      // Called when all that was written before is out, and also when the stream ends in an error.
      this.#stream.write("", done);
      signal?.addEventListener("abort", done);
    });
  }
}
