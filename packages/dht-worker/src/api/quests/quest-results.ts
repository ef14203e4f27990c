// The results of each kind of quest.

import type { DhtEndpoint, DhtItem } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import { hexOf, type DhtNode } from "../dht-values.ts";
import type { DhtRound, QuestResults } from "./quest-progress.ts";

/** A peer of a torrent. */
export type DhtPeer = DhtEndpoint;

/** An item of the DHT (BEP 44), verified. */
export interface DhtFoundItem {
  readonly kind: "immutable" | "mutable";
  /** One bencoded value, 1,000 bytes at most. */
  readonly value: Uint8Array;
  /** Public key of a mutable item: 64 hexadecimal digits. */
  readonly publicKey?: string;
  /** Sequence number of a mutable item; grows with each value. */
  readonly sequence?: bigint;
  /** The node that had it. */
  readonly node: DhtNode;
}

/** Nodes, for `findNode`. */
export const nodeResults: QuestResults<DhtNode> = {
  ofAnswer: ({ node }) => [[`${node.id} ${addressKey(node.host, node.port)}`, node]],
};

/** Peers, for `getPeers` and `announcePeer`. */
export const peerResults: QuestResults<DhtPeer> = {
  ofAnswer: ({ peers }) => peers.map((peer) => [addressKey(peer.host, peer.port), peer]),
};

/** Items, for `get`. */
export const itemResults: QuestResults<DhtFoundItem> = {
  ofItem: (item, node) => [[keyOf(item), foundItem(item, node)]],
};

/** Rounds, for `put`. */
export const roundResults: QuestResults<DhtRound> = {
  ofRound: (round, number) => [[String(number), round]],
};

function keyOf(item: DhtItem): string {
  return item.kind === "mutable" ? String(item.sequence) : "";
}

function foundItem(item: DhtItem, node: DhtNode): DhtFoundItem {
  if (item.kind === "immutable") return { kind: item.kind, value: item.value, node };
  return {
    kind: item.kind,
    value: item.value,
    publicKey: hexOf(item.publicKey),
    sequence: BigInt(item.sequence),
    node,
  };
}
