import type { Clock } from "@troupe/actor-runtime";
import type { SavedDhtNode } from "@troupe/messages";
import type { NodeEntry } from "../routing/node-entry.ts";
import { mergeSavedNodes, savedNodesOf } from "../routing/saved-nodes.ts";

/**
 * The nodes of both families that answered last, in this run or an earlier one. A routing table forgets nodes that fail;
 * after a lost network they are asked again from here.
 */
export class KnownNodes {
  readonly #clock: Clock;
  #nodes: readonly SavedDhtNode[];

  constructor(clock: Clock, saved: readonly SavedDhtNode[]) {
    this.#clock = clock;
    this.#nodes = mergeSavedNodes([saved], clock.epochMs());
  }

  /** The latest answers come first. */
  get nodes(): readonly SavedDhtNode[] {
    return this.#nodes;
  }

  /** Adds the nodes of a table. */
  remember(entries: Iterable<NodeEntry>): void {
    const moment = { nowMs: this.#clock.nowMs(), epochMs: this.#clock.epochMs() };
    this.#nodes = mergeSavedNodes([savedNodesOf(entries, moment), this.#nodes], moment.epochMs);
  }
}
