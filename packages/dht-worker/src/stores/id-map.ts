import { readUint32 } from "@troupe/protocol/bytes";
import { isSameId, type NodeId } from "@troupe/protocol/dht";

interface Entry<Value> {
  readonly id: NodeId;
  readonly value: Value;
  /** Entry of another id with the same first bytes. */
  next: Entry<Value> | undefined;
}

/**
 * A map by ids. It finds an id by its first four bytes, then among the ids that share them; the owner bounds their
 * number. A map by the text of ids takes twenty times as long, because V8 looks each new text up in a table of all
 * texts.
 */
export class IdMap<Value> {
  readonly #entries = new Map<number, Entry<Value>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: NodeId): Value | undefined {
    return this.#find(id)?.value;
  }

  /** Adds a value. @param id Not in the map; its memory is kept. */
  add(id: NodeId, value: Value): void {
    const start = startOf(id);
    this.#entries.set(start, { id, value, next: this.#entries.get(start) });
    this.#size++;
  }

  delete(id: NodeId): void {
    const entry = this.#find(id);
    if (entry === undefined) return;
    const start = startOf(id);
    const first = this.#entries.get(start);
    this.#size--;
    if (first !== entry) {
      for (let at = first; at !== undefined; at = at.next)
        if (at.next === entry) at.next = entry.next;
    } else if (entry.next === undefined) this.#entries.delete(start);
    else this.#entries.set(start, entry.next);
  }

  /** All values. Values that come or go meanwhile may be among them. */
  *values(): Generator<Value, undefined> {
    for (const first of this.#entries.values()) {
      for (let entry: Entry<Value> | undefined = first; entry !== undefined; entry = entry.next) {
        yield entry.value;
      }
    }
    return undefined;
  }

  #find(id: NodeId): Entry<Value> | undefined {
    let entry = this.#entries.get(startOf(id));
    while (entry !== undefined && !isSameId(entry.id, id)) entry = entry.next;
    return entry;
  }
}

/** The first bytes as a signed number, which maps find faster. */
function startOf(id: NodeId): number {
  return readUint32(id, 0) | 0;
}
