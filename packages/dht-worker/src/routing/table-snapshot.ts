// A routing table as plain data, for messages and JSON.

import type { DhtTableBucket, DhtTableNode } from "@troupe/messages";
import { nodeIdBytes } from "@troupe/protocol/dht";
import type { NodeEntry } from "./node-entry.ts";
import type { RoutingTable } from "./routing-table.ts";

/** The buckets of a table, those of the lowest ids first. A table has at most 848 nodes and candidates, so one call copies all. */
export function snapshotBuckets(table: RoutingTable, nowMs: number): DhtTableBucket[] {
  const last = table.buckets.length - 1;
  return table.buckets
    .map(({ nodes, candidates }, index) => ({
      floor: floorOf(table.id, index, index === last),
      prefixBits: index === last ? index : index + 1,
      nodes: nodes.map((node) => snapshotNode(node, nowMs)),
      candidates: candidates.map((node) => snapshotNode(node, nowMs)),
    }))
    .toSorted((a, b) => Buffer.compare(a.floor, b.floor));
}

function snapshotNode(node: NodeEntry, nowMs: number): DhtTableNode {
  const { id, host, port, failures, roundTripMs, version, isSecure } = node;
  return {
    id: new Uint8Array(id),
    host,
    port,
    failures,
    answeredMs: nowMs - node.lastAnswerMs,
    ageMs: nowMs - node.firstAnswerMs,
    roundTripMs,
    ...(version === undefined ? {} : { version }),
    isSecure,
  };
}

/** The lowest id of a bucket: our bits, then the other bit unless it is the last bucket, then zeros. */
function floorOf(ownId: Uint8Array, index: number, isLast: boolean): Uint8Array {
  const floor = new Uint8Array(nodeIdBytes);
  const wholeBytes = index >> 3;
  floor.set(ownId.subarray(0, wholeBytes));
  const own = ownId[wholeBytes] ?? 0;
  const shared = own & ~(0xff >> (index & 7));
  const bit = 0x80 >> (index & 7);
  floor[wholeBytes] = isLast ? shared : shared | (~own & bit);
  return floor;
}
