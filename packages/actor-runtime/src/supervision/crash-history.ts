// Inputs that threads were handling when they crashed: an input is quarantined after a second crash in the same step.

import { codeOf } from "../errors.ts";

/** Older crashes do not count. */
export const crashMemoryMs = 3_600_000;
/** Most inputs remembered; beyond it the oldest is forgotten. */
export const mostCrashes = 1_000;

/** The crashes of the last hour, by input. */
export class CrashHistory {
  readonly #lastMs = new Map<string, number>();

  /**
   * @param key The step and the input, as one text.
   * @returns `repeated` for the second crash within an hour; both are forgotten then, for another try.
   */
  recordCrash(key: string, nowMs: number): "first" | "repeated" {
    const lastMs = this.#lastMs.get(key);
    this.#lastMs.delete(key);
    if (lastMs !== undefined && nowMs - lastMs < crashMemoryMs) return "repeated";
    if (this.#lastMs.size >= mostCrashes) {
      const oldest = this.#lastMs.keys().next().value;
      if (oldest !== undefined) this.#lastMs.delete(oldest);
    }
    this.#lastMs.set(key, nowMs);
    return "first";
  }
}

/** Whether the thread was ended on request, which does not count against its input. */
export function isDeliberate(error: unknown): boolean {
  return codeOf(error) === "actor-killed";
}
