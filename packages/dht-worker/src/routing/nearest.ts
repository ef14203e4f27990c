// The nodes nearest to a target. The buckets are ranges of ids, so their distances do not overlap: they are visited from the
// nearest on, and only nodes of the same bucket are compared.

import { readUint32 } from "@troupe/protocol/bytes";
import { commonPrefixBits, compareDistance, type NodeId } from "@troupe/protocol/dht";
import type { Bucket } from "./bucket.ts";
import type { NodeEntry } from "./node-entry.ts";

/** Nodes that a search leaves out. */
export interface NearestOptions {
  /** Local addresses: a node of the internet cannot reach them. */
  readonly internetOnly?: boolean;
}

/**
 * @param buckets Bucket n has ids that share n bits with `ownId`; the last one also has ids that share more.
 * @returns At most `count` nodes by their distance, the nearest first, without those whose last query failed.
 */
export function nearestNodes(
  buckets: readonly Bucket[],
  ownId: NodeId,
  target: NodeId,
  count: number,
  options: NearestOptions,
): NodeEntry[] {
  const search = { found: [], target, targetStart: readUint32(target, 0) | 0, count, options };
  const last = buckets.length - 1;
  const home = Math.min(commonPrefixBits(ownId, target), last);
  visit(search, buckets[home]);
  // Deeper buckets are all at the same bit of the distance; below it, each bit of the target decides between one bucket
  // and all deeper ones.
  for (let n = home + 1; n <= last; n++) {
    if (n === last || differsAt(n, ownId, target)) visit(search, buckets[n]);
  }
  for (let n = last - 1; n > home; n--) {
    if (!differsAt(n, ownId, target)) visit(search, buckets[n]);
  }
  for (let n = home - 1; n >= 0; n--) visit(search, buckets[n]);
  return search.found;
}

interface Search {
  readonly found: NodeEntry[];
  readonly target: NodeId;
  readonly targetStart: number;
  readonly count: number;
  readonly options: NearestOptions;
}

function visit(search: Search, bucket: Bucket | undefined): void {
  const { found, count, options } = search;
  const from = found.length;
  if (bucket === undefined || from >= count) return;
  for (const node of bucket.nodes) if (counts(node, options)) insert(search, from, node);
}

function counts(node: NodeEntry, options: NearestOptions): boolean {
  return node.failures === 0 && (!node.isLocal || options.internetOnly !== true);
}

/** Inserts a node among those found from `from` on, and drops the farthest one beyond `count`. */
function insert(search: Search, from: number, node: NodeEntry): void {
  const { found, count } = search;
  let at = found.length;
  if (at === count) {
    at--;
    if (!isNearer(search, node, found[at])) return;
  }
  for (; at > from; at--) {
    const other = found[at - 1];
    if (other === undefined || !isNearer(search, node, other)) break;
    found[at] = other;
  }
  found[at] = node;
}

function isNearer(
  { target, targetStart }: Search,
  node: NodeEntry,
  other: NodeEntry | undefined,
): boolean {
  if (other === undefined) return true;
  const difference = ((node.idStart ^ targetStart) >>> 0) - ((other.idStart ^ targetStart) >>> 0);
  return difference === 0 ? compareDistance(target, node.id, other.id) < 0 : difference < 0;
}

function differsAt(bit: number, a: NodeId, b: NodeId): boolean {
  return ((((a[bit >> 3] ?? 0) ^ (b[bit >> 3] ?? 0)) >> (7 - (bit & 7))) & 1) === 1;
}
