// Which inputs were in hand when threads died: at the second death in the same step the input is to be quarantined.

import { codeOf } from "@troupe/actor-runtime";

/** A death that is older says nothing any more. */
export const crashMemoryMs = 3_600_000;
/** Inputs remembered after one death; one more and the oldest is forgotten. */
export const mostCrashes = 1_000;

/** Deaths by what was in hand. */
export class CrashHistory {
  readonly #lastMs = new Map<string, number>();

  /**
   * Notes one death.
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

/** Whether somebody asked for this end: such a death says nothing against what was in hand. */
export function isDeliberate(error: unknown): boolean {
  return codeOf(error) === "actor-killed";
}
