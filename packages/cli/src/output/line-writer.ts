import type { Writable } from "node:stream";

/** Bytes waiting for a slow reader; beyond them `spare` lines are dropped (docs/limits.md). */
const maxQueuedBytes: number = 4 * 1024 * 1024;

/** Importance of a line when the reader is slow. */
export type Importance = "spare" | "keep";

/**
 * Writes lines to a stream whose reader may be slow or gone, without waiting. Beyond the bound `spare` lines are
 * dropped and counted.
 */
export class LineWriter {
  readonly #stream: Writable;
  readonly #maxQueuedBytes: number;
  #leftOut = 0;
  #isClosed = false;
  #isGathering = false;

  constructor(stream: Writable, bound: number = maxQueuedBytes) {
    this.#stream = stream;
    this.#maxQueuedBytes = bound;
    // Takes no more lines (EPIPE). Callers that must stop listen to the stream.
    stream.on("error", () => {
      this.#isClosed = true;
    });
  }

  get leftOut(): number {
    return this.#leftOut;
  }

  /** Half of the bound is free. */
  get hasRoom(): boolean {
    return this.#stream.writableLength <= this.#maxQueuedBytes / 2;
  }

  /** Dropped lines since the last call. */
  takeLeftOut(): number {
    const count = this.#leftOut;
    this.#leftOut = 0;
    return count;
  }

  /** @param line Without its line end. @returns false when dropped. */
  write(line: string, importance: Importance): boolean {
    if (this.#isClosed) return false;
    if (importance === "spare" && this.#stream.writableLength >= this.#maxQueuedBytes) {
      this.#leftOut++;
      return false;
    }
    this.#gather();
    this.#stream.write(`${line}\n`);
    return true;
  }

  /** Passes the lines of this turn on at once: the next output to the same terminal comes after them. */
  flush(): void {
    if (!this.#isGathering) return;
    this.#isGathering = false;
    this.#stream.uncork();
  }

  /** The lines of a turn are one system call, and wake their reader once. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#stream.cork();
    process.nextTick(() => this.flush());
  }

  /** Resolves when the reader has taken everything, the stream has failed, or `signal` aborts. */
  async drained(signal?: AbortSignal): Promise<void> {
    if (this.#isClosed || this.#stream.writableLength === 0 || signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal?.removeEventListener("abort", done);
        resolve();
      };
      // After all earlier writes, and also when the stream fails.
      this.#stream.write("", done);
      signal?.addEventListener("abort", done);
    });
  }
}
