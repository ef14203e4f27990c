import { addressKey, classifyAddress } from "@troupe/protocol/address";
import { readUint32 } from "@troupe/protocol/bytes";
import {
  encodeNodes,
  isSecureNodeId,
  nodeIdBytes,
  type Contact,
  type NodeId,
} from "@troupe/protocol/dht";
import { RoundTripEstimate } from "../transactions/round-trip.ts";
import { subnetOfBytes } from "./subnet.ts";

/** A node whose last answer is older is questionable (BEP 5). */
export const trustMs = 15 * 60_000;
/**
 * A node whose last answer is older is pinged. Look-ups wait for nodes that have gone, so the table drops them soon; the
 * address of a node that is there stays proven.
 */
export const pingAfterMs = 5 * 60_000;

/** A node that has answered a query of ours. */
export interface AnsweringNode extends Contact {
  readonly roundTripMs: number;
  /** The `v` of its answer. */
  readonly version?: Uint8Array | undefined;
}

/** A node of a routing table. It has answered at least once. */
export interface NodeEntry extends Contact {
  readonly id: NodeId;
  readonly host: string;
  readonly port: number;
  /** Id, address and port as `nodes` and `nodes6` have them: 26 or 38 bytes. */
  readonly compact: Uint8Array;
  /** The first 32 bits of the id as a signed integer, for quick comparisons. */
  readonly idStart: number;
  /** The table has one node of each key: an address of the internet, or a local address with its port. */
  readonly key: string;
  /** See {@link subnetOfBytes}; undefined where a bucket takes any number of nodes. */
  readonly subnet: string | undefined;
  readonly isLocal: boolean;
  /** Its id fits its address (BEP 42). */
  readonly isSecure: boolean;
  readonly firstAnswerMs: number;
  lastAnswerMs: number;
  /** Queries in a row without an answer; queries at the same time count as one. */
  failures: number;
  lastFailureMs: number;
  /** When the table last named it to be pinged. */
  lastPingMs: number;
  roundTripMs: number;
  readonly roundTrips: RoundTripEstimate;
  version: Uint8Array | undefined;
}

/** How a table sees the addresses of its nodes. */
export interface AddressRules {
  readonly family: 4 | 6;
  /** Without: any number of nodes of an address and a subnet, and every id counts as fitting. */
  readonly hasSybilRules: boolean;
}

/** @returns Undefined for an address that no node of the family can have. */
export function makeNodeEntry(
  node: AnsweringNode,
  { family, hasSybilRules }: AddressRules,
  nowMs: number,
): NodeEntry | undefined {
  const { id, host, port } = node;
  const addressClass = classifyAddress(host);
  if (port === 0 || addressClass === "refused") return undefined;
  const compact = encodeNodes([node], family);
  if (compact.length === 0) return undefined;
  const roundTrips = RoundTripEstimate.ofNode();
  roundTrips.add(node.roundTripMs);
  const isBound = hasSybilRules && addressClass === "internet";
  return {
    id: compact.subarray(0, nodeIdBytes) as NodeId,
    host,
    port,
    compact,
    idStart: readUint32(compact, 0) | 0,
    key: isBound ? host : addressKey(host, port),
    subnet: isBound ? subnetOfBytes(compact.subarray(nodeIdBytes, -2)) : undefined,
    isLocal: addressClass === "local",
    isSecure: !hasSybilRules || isSecureNodeId(id, host),
    firstAnswerMs: nowMs,
    lastAnswerMs: nowMs,
    failures: 0,
    lastFailureMs: -Infinity,
    lastPingMs: -Infinity,
    roundTripMs: node.roundTripMs,
    roundTrips,
    version: node.version,
  };
}

/**
 * Whether the node has answered within 15 min, and its last query. A query that it sends proves nothing: the address of
 * its sender may be forged.
 */
export function isTrusty(node: NodeEntry, nowMs: number): boolean {
  return node.failures === 0 && nowMs - node.lastAnswerMs < trustMs;
}

/** Whether the node is to be pinged: it failed, or has not answered for a while. */
export function isPingDue({ failures, lastAnswerMs }: NodeEntry, nowMs: number): boolean {
  return failures > 0 || nowMs - lastAnswerMs >= pingAfterMs;
}

/** @returns Negative when `a` is more questionable than `b`: it failed more often, or else answered longer ago. */
export function compareTrust(a: NodeEntry, b: NodeEntry): number {
  return b.failures - a.failures || a.lastAnswerMs - b.lastAnswerMs;
}
