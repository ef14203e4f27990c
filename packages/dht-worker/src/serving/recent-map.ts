/**
 * A map with a bound, in two generations: when the younger has half of the entries, the older is forgotten. An entry that
 * is looked up returns to the younger, so that a flood of new keys forgets only the entries that are not in use.
 */
export class RecentMap<Key extends string | number, Value extends {} | null> {
  readonly #half: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  /** @param maxEntries At least 2. */
  constructor(maxEntries: number) {
    this.#half = Math.floor(maxEntries / 2);
  }

  /** Entries in both generations. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The entry's value; the entry counts as used. */
  get(key: Key): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: Key, value: Value): void {
    this.#old.delete(key);
    this.#young.set(key, value);
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
