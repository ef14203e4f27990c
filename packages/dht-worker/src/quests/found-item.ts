import { isItemValid, type NodeId, type StoredItem } from "@troupe/protocol/dht";

/** The newest item that a quest has found. */
export class FoundItem {
  readonly #target: NodeId;
  readonly #salt: Uint8Array;
  #item: StoredItem | undefined;

  /** @param salt Salt of a mutable item; empty: none. Answers do not name it. */
  constructor(target: NodeId, salt: Uint8Array) {
    this.#target = target;
    this.#salt = salt;
  }

  /** Sequence number of the newest item; undefined for immutable items, and before an item is found. */
  get sequence(): bigint | undefined {
    return this.#item?.kind === "mutable" ? this.#item.sequence : undefined;
  }

  /** @returns The item if it is the first one or a newer one, and belongs to the target. Only such items are verified. */
  found(answered: StoredItem): StoredItem | undefined {
    const item = answered.kind === "mutable" ? { ...answered, salt: this.#salt } : answered;
    if (!this.#isNewer(item) || !isItemValid(item, this.#target)) return undefined;
    this.#item = item;
    return item;
  }

  #isNewer(item: StoredItem): boolean {
    if (this.#item === undefined) return true;
    if (item.kind === "immutable" || this.#item.kind === "immutable") return false;
    return item.sequence > this.#item.sequence;
  }
}
