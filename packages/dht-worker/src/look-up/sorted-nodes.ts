import { compareDistance, type NodeId } from "@troupe/protocol/dht";
import type { KnownNode } from "./look-up-node.ts";

/** Nodes by their distance from a target, the nearest first. */
export class SortedNodes {
  readonly #target: NodeId;
  readonly #limit: number;
  readonly #sorted: KnownNode[] = [];

  /** @param limit More than are asked in all, so that a full list has an unasked node. */
  constructor(target: NodeId, limit: number) {
    this.#target = target;
    this.#limit = limit;
  }

  get length(): number {
    return this.#sorted.length;
  }

  [Symbol.iterator](): Iterator<KnownNode> {
    return this.#sorted.values();
  }

  at(index: number): KnownNode | undefined {
    return this.#sorted[index];
  }

  /** @returns The node that had no room, which may be the new one: of the unasked ones the farthest. */
  add(node: KnownNode): KnownNode | undefined {
    this.#sorted.splice(this.#placeBehind(node.id), 0, node);
    if (this.#sorted.length <= this.#limit) return undefined;
    const last = this.#sorted.findLastIndex(({ state }) => state.kind === "unasked");
    return last < 0 ? undefined : this.#sorted.splice(last, 1)[0];
  }

  /** A node that is not in the list is ignored. */
  remove(node: KnownNode): void {
    // Nodes at several addresses may have the same id.
    for (let at = this.#placeBehind(node.id) - 1; at >= 0; at--) {
      const other = this.#sorted[at];
      if (other === node) this.#sorted.splice(at, 1);
      if (other === undefined || compareDistance(this.#target, other.id, node.id) < 0) return;
    }
  }

  /** @returns The index behind the last node that is not farther than `id`. */
  #placeBehind(id: NodeId): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#sorted[middle];
      if (other !== undefined && compareDistance(this.#target, other.id, id) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Both lists as one, the nearest node first. They must not change meanwhile. */
export function* merged(target: NodeId, a: SortedNodes, b: SortedNodes): Generator<KnownNode> {
  let atA = 0;
  let atB = 0;
  for (;;) {
    const fromA = a.at(atA);
    const fromB = b.at(atB);
    const isFromA =
      fromB === undefined ||
      (fromA !== undefined && compareDistance(target, fromA.id, fromB.id) <= 0);
    const next = isFromA ? fromA : fromB;
    if (next === undefined) return;
    if (isFromA) atA++;
    else atB++;
    yield next;
  }
}
