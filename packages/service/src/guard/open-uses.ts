import type { CredentialId } from "./sessions.ts";

/** Proves a caller for as long as a stream or the events last. */
export type UseKey = CredentialId | `session:${string}`;

/** Streams and events that are open, by what proved their caller: they end with it. */
export class OpenUses {
  readonly #ends = new Map<UseKey, Set<() => void>>();

  /**
   * @param end Ends the stream, and does not throw; called at most once, in the turn in which the key ends.
   * @returns To call when the stream has ended by itself.
   */
  open(key: UseKey, end: () => void): () => void {
    const ends = this.#ends.get(key) ?? new Set();
    this.#ends.set(key, ends.add(end));
    return () => {
      ends.delete(end);
      if (ends.size === 0 && this.#ends.get(key) === ends) this.#ends.delete(key);
    };
  }

  /** Ends all that the key proved. */
  endOf(key: UseKey): void {
    const ends = this.#ends.get(key);
    this.#ends.delete(key);
    for (const end of ends ?? []) end();
  }

  /** Streams that are open. */
  get count(): number {
    return this.#ends.values().reduce((sum, ends) => sum + ends.size, 0);
  }
}
