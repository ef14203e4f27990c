// Which inputs were in hand when threads died: at the second death in the same step the input is to be set aside.

/** A death that is older says nothing any more. */
export const deathMemoryMs = 3_600_000;
/** Inputs remembered after one death; one more and the oldest is forgotten. */
export const mostInputs = 1_000;

/** Deaths by what was in hand. */
export class DeathBook {
  readonly #lastMs = new Map<string, number>();

  /**
   * Notes one death.
   * @param input The step and the input, as one text.
   * @returns Whether it is the second one within an hour; both are forgotten then, for another try.
   */
  isSecond(input: string, nowMs: number): boolean {
    const lastMs = this.#lastMs.get(input);
    this.#lastMs.delete(input);
    if (lastMs !== undefined && nowMs - lastMs < deathMemoryMs) return true;
    if (this.#lastMs.size >= mostInputs) {
      const oldest = this.#lastMs.keys().next().value;
      if (oldest !== undefined) this.#lastMs.delete(oldest);
    }
    this.#lastMs.set(input, nowMs);
    return false;
  }
}

/** Whether somebody asked for this end: such a death says nothing against what was in hand. */
export function wasAskedFor(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === "actor-killed";
}
