import type { LookUpNode, KnownNode } from "./look-up-node.ts";

/** Nodes of a set that a look-up ends at. */
export const setSize = 8;

/** The nodes nearest to a target, as far as they are known. */
export interface NearestSet {
  /** Nodes that may be in the set in the end, without silent and overdue ones: {@link setSize} at most. */
  readonly members: number;
  /** Nearest member that was not asked. */
  readonly unasked: KnownNode | undefined;
  /** Members that were asked and are not silent. */
  readonly asked: number;
  /** Nodes that become members when they answer. */
  readonly silent: number;
}

/**
 * @param nodes The nearest first, without failed ones.
 * @param holders The node of each place that was asked last or has answered.
 */
export function nearestSet(
  nodes: Iterable<KnownNode>,
  holders: ReadonlyMap<string, LookUpNode>,
  size: number = setSize,
): NearestSet {
  const places = new Set<string>();
  let unasked: KnownNode | undefined;
  let asked = 0;
  let silent = 0;
  for (const node of nodes) {
    const { place, state } = node;
    if ((holders.get(place) ?? node) !== node) continue;
    if (state.kind === "silent" || state.kind === "overdue") {
      if (state.kind === "silent") silent++;
      continue;
    }
    if (places.has(place)) continue;
    places.add(place);
    if (state.kind === "asked") asked++;
    else if (state.kind === "unasked") unasked ??= node;
    if (places.size === size) break;
  }
  return { members: places.size, unasked, asked, silent };
}

/** @param nodes The nearest first. @returns The {@link setSize} nearest that have answered, each in a place of its own. */
export function nearestAnswered(nodes: Iterable<KnownNode>): readonly KnownNode[] {
  const answered: KnownNode[] = [];
  for (const node of nodes) {
    if (node.state.kind === "answered") answered.push(node);
    if (answered.length === setSize) break;
  }
  return answered;
}
