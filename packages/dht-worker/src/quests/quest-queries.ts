// The queries of a quest.

import type { DhtItem, DhtQuestSubject } from "@troupe/messages";
import {
  itemTarget,
  nodeIdFrom,
  type KrpcQuery,
  type NodeId,
  type StoredItem,
} from "@troupe/protocol/dht";
import type { StoringNode } from "../look-up/look-up.ts";

/** @throws {ProtocolError} `node-id-malformed`: the owner named a target of another length. */
export function targetOf(subject: DhtQuestSubject): NodeId {
  return subject.kind === "put-item"
    ? itemTarget(storedItem(subject.item))
    : nodeIdFrom(subject.target);
}

/** @param knownSequence Sequence number of an item that was found earlier: nodes send newer ones only. */
export function questionOf(
  subject: DhtQuestSubject,
  target: NodeId,
  knownSequence: bigint | undefined,
): KrpcQuery {
  switch (subject.kind) {
    case "find-node":
      return { method: "find_node", target };
    case "get-peers":
    case "announce-peer":
      return { method: "get_peers", target };
    case "scrape":
      return { method: "get_peers", target, wantsScrape: true };
    case "get-item":
      return { method: "get", target, sequence: knownSequence };
    case "put-item": {
      const { item } = subject;
      // The answer is needed for its token alone.
      return {
        method: "get",
        target,
        sequence: item.kind === "mutable" ? BigInt(item.sequence) : undefined,
      };
    }
  }
}

/**
 * @param publicPort Ours, undefined while no listener runs.
 * @returns The query by which a node stores what the quest is about; undefined for a quest that stores nothing.
 */
export function storeQueryOf(
  subject: DhtQuestSubject,
  target: NodeId,
  { token }: Pick<StoringNode, "token">,
  publicPort: number | undefined,
): KrpcQuery | undefined {
  if (subject.kind === "put-item") {
    const { item, compareAndSwap } = subject;
    const cas = compareAndSwap === undefined ? undefined : BigInt(compareAndSwap);
    return { method: "put", token, item: storedItem(item), cas };
  }
  if (subject.kind !== "announce-peer") return undefined;
  const port = subject.port ?? publicPort;
  // Our UDP port is not that of our listener, so it must not be taken for it.
  if (port === undefined) return undefined;
  const { isSeed } = subject;
  return { method: "announce_peer", target, port, isPortImplied: false, isSeed, token };
}

function storedItem(item: DhtItem): StoredItem {
  return item.kind === "immutable" ? item : { ...item, sequence: BigInt(item.sequence) };
}
