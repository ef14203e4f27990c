import { keyEnded } from "./live-keys.ts";
import type { Refusal } from "./refusal.ts";
import { runAll } from "./run-all.ts";
import type { CredentialId } from "./sessions.ts";

/** Proves a caller for as long as a stream or the events last. */
export type UseKey = CredentialId | `session:${string}`;

/** Streams and events that are open, by the key that proved their caller: they end with it. */
export class OpenUses {
  readonly #isLive: (key: UseKey) => boolean;
  readonly #ends = new Map<UseKey, Set<() => void>>();

  /** @param isLive Whether a key still proves its caller. */
  constructor(isLive: (key: UseKey) => boolean) {
    this.#isLive = isLive;
  }

  /**
   * @param end Ends the stream; called at most once, in the turn in which the key ends.
   * @returns A function to call when the stream has ended by itself; a refusal for a key that has ended.
   */
  open(key: UseKey, end: () => void): (() => void) | Refusal {
    if (!this.#isLive(key)) return keyEnded();
    const ends = this.#ends.get(key) ?? new Set();
    this.#ends.set(key, ends.add(end));
    return () => {
      ends.delete(end);
      if (ends.size === 0 && this.#ends.get(key) === ends) this.#ends.delete(key);
    };
  }

  /** Ends the streams and events of a key: all of them, also where an end throws. Then it throws the errors. */
  endOf(key: UseKey): void {
    const ends = this.#ends.get(key);
    this.#ends.delete(key);
    runAll(ends ?? []);
  }

  /** Streams that are open. */
  get count(): number {
    return this.#ends.values().reduce((sum, ends) => sum + ends.size, 0);
  }
}
