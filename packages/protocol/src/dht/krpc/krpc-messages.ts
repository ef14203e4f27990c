// The messages of the DHT as values: BEP 5 with the keys of BEP 32 (`want`, `nodes6`), BEP 33 (`scrape`, `seed`), BEP 42 (`ip`), BEP 43 (`ro`) and
// BEP 44 (`get`, `put`).

import { bencodeLimits } from "../../bencode/bencode-decode.ts";
import type { AddressFamily } from "../../tracker/bep-15-udp.ts";
import type { PeerAddress } from "../../address/peer-address.ts";
import type { MutableItem, StoredItem } from "../bep-44-items.ts";
import type { NodeId } from "../node-id.ts";

/** Bounds of a message. */
export const krpcLimits = {
  /** Bytes of a datagram that is read. */
  maxBytes: bencodeLimits.krpc.maxBytes,
  maxDepth: bencodeLimits.krpc.maxDepth,
  maxTokens: bencodeLimits.krpc.maxTokens,
  /** Bytes of a datagram that is sent (BEP 32). */
  maxSentBytes: 1_024,
  /** Bytes of a sent datagram with an item (BEP 44). */
  maxSentItemBytes: 1_400,
  maxTransactionBytes: 32,
  maxTokenBytes: 64,
  /** Bytes of an error's message. */
  maxErrorBytes: 200,
} as const;

/** Codes of errors: BEP 5, and from 205 on BEP 44. */
export const KrpcErrorCode = {
  generic: 201,
  server: 202,
  protocol: 203,
  methodUnknown: 204,
  valueTooLong: 205,
  signatureInvalid: 206,
  saltTooLong: 207,
  casMismatch: 301,
  sequenceTooLow: 302,
} as const;

/** A question with its arguments, without the id of the sender. */
export type KrpcQuery =
  | { readonly method: "ping" }
  | { readonly method: "find_node"; readonly target: NodeId }
  | GetPeersQuery
  | AnnouncePeerQuery
  | GetQuery
  | PutQuery;

/** Asks for peers of a torrent. */
export interface GetPeersQuery {
  readonly method: "get_peers";
  /** The info-hash. */
  readonly target: NodeId;
  /** The answer counts the peers (BEP 33). Absent: false. */
  readonly wantsScrape?: boolean | undefined;
}

/** Names the sender's peer of a torrent. */
export interface AnnouncePeerQuery {
  readonly method: "announce_peer";
  /** The info-hash. */
  readonly target: NodeId;
  /** 1 to 65,535; 0 where {@link isPortImplied} and no port is named. */
  readonly port: number;
  /** The peer's port is the sender's UDP port, and `port` is ignored. */
  readonly isPortImplied: boolean;
  /** The sender seeds the torrent (BEP 33). Absent: false. */
  readonly isSeed?: boolean | undefined;
  /** 1 to 64 bytes. */
  readonly token: Uint8Array;
}

/** Asks for an item (BEP 44). */
export interface GetQuery {
  readonly method: "get";
  readonly target: NodeId;
  /** An item with this sequence number, or a lower one, is not sent. 0 to 2⁶³ − 1. */
  readonly sequence?: bigint | undefined;
}

/** Stores an item (BEP 44). Signature and target are not verified. */
export interface PutQuery {
  readonly method: "put";
  /** 1 to 64 bytes. */
  readonly token: Uint8Array;
  readonly item: StoredItem;
  /** The item is stored only over one with this sequence number. 0 to 2⁶³ − 1. */
  readonly cas?: bigint | undefined;
}

/** A query of a method that we do not know; it is answered like `find_node`. */
export interface UnknownQuery {
  readonly method: "unknown";
  /** Its `target` or `info_hash`. */
  readonly target: NodeId;
}

/** The fields of every message. They own their memory. */
interface KrpcEnvelope {
  /** 1 to 32 bytes. */
  readonly transaction: Uint8Array;
  /** Version of the sender's program: two letters, two bytes. */
  readonly version: Uint8Array | undefined;
}

/** A sound query. */
export interface KrpcQueryMessage extends KrpcEnvelope {
  readonly kind: "query";
  /** The sender's. */
  readonly id: NodeId;
  readonly query: KrpcQuery | UnknownQuery;
  /** The sender answers no queries, and does not belong in routing tables (BEP 43). */
  readonly isReadOnly: boolean;
  /** The families of nodes that it asks for: without a `want` that of the socket. */
  readonly want: readonly AddressFamily[];
}

/** A query that is answered with an error. */
export interface KrpcFaultyQuery extends KrpcEnvelope {
  readonly kind: "faulty-query";
  readonly error: KrpcError;
}

/** An error to be sent. */
export interface KrpcError {
  /** Code, usually of {@link KrpcErrorCode}. */
  readonly code: number;
  /** ASCII. */
  readonly message: string;
}

/** Filters of the peers that a node stores, 256 bytes each (BEP 33). */
export interface ScrapeFilters {
  /** `BFsd`. */
  readonly seeds: Uint8Array;
  /** `BFpe`. */
  readonly leechers: Uint8Array;
}

/** Values of an answer; absent lists are empty. */
export interface KrpcAnswer {
  readonly id: NodeId;
  /** 26 bytes a node, see `decodeNodes`. */
  readonly nodes?: Uint8Array | undefined;
  /** 38 bytes a node. */
  readonly nodes6?: Uint8Array | undefined;
  /** Peers, 6 bytes each, see `decodeCompact4`. */
  readonly values?: Uint8Array | undefined;
  /** Peers, 18 bytes each. */
  readonly values6?: Uint8Array | undefined;
  readonly scrape?: ScrapeFilters | undefined;
  /** 1 to 64 bytes. */
  readonly token?: Uint8Array | undefined;
  /** Not verified. The salt of a mutable item is empty: answers do not name it. */
  readonly item?: StoredItem | undefined;
  /** Sequence number of the stored item, which was not sent when it is not newer than the question's. */
  readonly sequence?: MutableItem["sequence"] | undefined;
}

/** A message that claims to answer a query of ours: its transaction and its sender decide. */
export interface KrpcResponse extends KrpcEnvelope {
  readonly kind: "response";
  readonly answer: KrpcAnswer;
  /** Our address as the sender sees it, unchecked. */
  readonly ip: PeerAddress | undefined;
}

/** An error for a question of ours. */
export interface KrpcErrorMessage extends KrpcEnvelope {
  readonly kind: "error";
  /** 0 where it cannot be read. */
  readonly code: number;
  /** At most 200 bytes, unclean: for texts through `cleanText`. */
  readonly message: Uint8Array;
  readonly ip: PeerAddress | undefined;
}

/** A message that came in. */
export type KrpcMessage = KrpcQueryMessage | KrpcFaultyQuery | KrpcResponse | KrpcErrorMessage;
