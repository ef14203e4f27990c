// Nodes for the next start. A table forgets nodes that fail, so these outlast a lost network.

import { mostSavedDhtNodes, type SavedDhtNode } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { NodeEntry } from "./node-entry.ts";

/** A moment on both clocks. */
interface Moment {
  /** Time of the clock by which entries are dated. */
  readonly nowMs: number;
  /** Since 1970. */
  readonly epochMs: number;
}

/** The entries of a table as they are saved. */
export function savedNodesOf(
  entries: Iterable<NodeEntry>,
  { nowMs, epochMs }: Moment,
): SavedDhtNode[] {
  return Array.from(entries, ({ id, host, port, lastAnswerMs }) => ({
    id: new Uint8Array(id),
    host,
    port,
    lastAnswerMs: epochMs - (nowMs - lastAnswerMs),
  }));
}

/**
 * Merges lists of nodes. The latest answer of an address counts; a time in the future, of a clock that was set back,
 * counts as now.
 *
 * @returns The nodes that answered last, 200 of each family at most, the latest first.
 */
export function mergeSavedNodes(
  lists: readonly (readonly SavedDhtNode[])[],
  epochMs: number,
): SavedDhtNode[] {
  const byAddress = new Map<string, SavedDhtNode>();
  for (const node of lists.flat()) {
    const key = addressKey(node.host, node.port);
    const lastAnswerMs = Math.min(node.lastAnswerMs, epochMs);
    if ((byAddress.get(key)?.lastAnswerMs ?? -Infinity) < lastAnswerMs) {
      byAddress.set(key, { ...node, lastAnswerMs });
    }
  }
  const sorted = [...byAddress.values()].sort((a, b) => b.lastAnswerMs - a.lastAnswerMs);
  return [false, true].flatMap((isIp6) =>
    sorted.filter(({ host }) => host.includes(":") === isIp6).slice(0, mostSavedDhtNodes),
  );
}
