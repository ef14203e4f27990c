// The result so far of a run, in the place of its last result. If the leader dies, only this file is left.

import type { LoadTestResult } from "@troupe/load-tester";

const keepMs = 10_000;
/** A long run has a large result: to make it takes at most a twentieth of the leader's time. */
const shareOfTime = 20;

/** Parts of a kept result. */
interface KeptResultParts {
  readonly write: (result: LoadTestResult) => Promise<void>;
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number;
  /** Called at the first failed write; the next result is written nevertheless. */
  readonly failed: (error: unknown) => void;
}

/** Writes the result so far every 10 s, one after the other. */
export class KeptResult {
  readonly #parts: KeptResultParts;
  #dueMs: number;
  #writing: Promise<void> | undefined;
  #hasFailed = false;

  constructor(parts: KeptResultParts) {
    this.#parts = parts;
    this.#dueMs = parts.nowMs() + keepMs;
  }

  /** @param make Called at once, if the next result is due and the last one is written. */
  offer(make: () => LoadTestResult): void {
    const beganMs = this.#parts.nowMs();
    if (beganMs < this.#dueMs || this.#writing !== undefined) return;
    this.#writing = this.#write(make());
    const tookMs = this.#parts.nowMs() - beganMs;
    this.#dueMs = beganMs + Math.max(keepMs, shareOfTime * tookMs);
  }

  /** No write is under way any more: the last result takes the place of what was kept. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(result: LoadTestResult): Promise<void> {
    try {
      await this.#parts.write(result);
    } catch (error) {
      if (!this.#hasFailed) this.#parts.failed(error);
      this.#hasFailed = true;
    } finally {
      this.#writing = undefined;
    }
  }
}
