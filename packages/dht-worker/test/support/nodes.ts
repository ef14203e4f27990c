// Ids, addresses and entries of nodes for tests of the routing table.

import { nodeIdFrom, parseNodeId, secureNodeId, type NodeId } from "@troupe/protocol/dht";
import { makeNodeEntry, type AnsweringNode, type NodeEntry } from "../../src/routing/node-entry.ts";

/** An id that begins with these hexadecimal digits; the others are `fill`. */
export function idOf(start: string, fill = "0"): NodeId {
  return parseNodeId(start.padEnd(40, fill));
}

/** Random bytes of a seed: the same seed gives the same bytes. */
export function seededBytes(seed: number): (length: number) => Uint8Array {
  let state = seed >>> 0;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

/** An internet address; each number below 4 million has a /24 of its own. */
export function hostOf(number: number): string {
  return `${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}.1`;
}

/** A node that answered in 20 ms. */
export function nodeAt(id: NodeId, host: string, port = 6_881): AnsweringNode {
  return { id, host, port, roundTripMs: 20 };
}

/** A node on the internet whose id fits its address. */
export function secureNode(number: number, seed = number): AnsweringNode {
  return nodeAt(secureNodeId(hostOf(number), seededBytes(seed)), hostOf(number));
}

/** A node on a local address of its own: any id fits, and no subnet counts. */
export function localNode(id: NodeId, number: number): AnsweringNode {
  return nodeAt(id, `10.0.${number >> 8}.${number & 255}`);
}

/** The entry of a node that answered at `nowMs`. */
export function entryOf(node: AnsweringNode, nowMs = 0): NodeEntry {
  const entry = makeNodeEntry(
    node,
    { family: node.host.includes(":") ? 6 : 4, hasSybilRules: true },
    nowMs,
  );
  if (entry === undefined) throw new Error(`no node can be at ${node.host}`);
  return entry;
}

/** A random id. */
export function randomId(random: (length: number) => Uint8Array): NodeId {
  return nodeIdFrom(random(20));
}
