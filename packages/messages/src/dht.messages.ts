// Messages of the DHT worker. The role of its owner is "owner": the engine, or the library for a node without an engine.

import type { FilterMemory } from "./ip-filter.ts";
import type { Call, Cast, Notice } from "@troupe/actor-runtime";
import type { PortUserProtocol, UdpListen, UdpListening } from "./datagrams/port.messages.ts";
import type { QuarantinedAddress } from "./quarantine.ts";

/** The DHT of IPv4 and that of IPv6 (BEP 32) are two networks: a node has a socket, an id and a routing table in each. */
export type DhtFamily = 4 | 6;

/** A UDP address, or the TCP address of a peer. */
export interface DhtEndpoint {
  /** Numeric; of the user, of a torrent and of a router also a name. */
  readonly host: string;
  /** 1 to 65 535. */
  readonly port: number;
}

/** Another node. */
export interface DhtNodeAddress extends DhtEndpoint {
  /** 20 bytes. */
  readonly id: Uint8Array;
}

/** A node that answered in an earlier run, or some time ago. */
export interface SavedDhtNode extends DhtNodeAddress {
  /** Milliseconds since 1970. */
  readonly lastAnswerMs: number;
}

/** Our id in an earlier run. It is used again only on the same address and port: two processes never share an id. */
export interface SavedDhtId extends DhtNodeAddress {
  readonly family: DhtFamily;
  /** Our address as other nodes saw it, from which the id was made (BEP 42). Absent if it was not known. */
  readonly publicHost?: string;
}

/** Nodes and ids that an incarnation leaves to the next. */
export interface SavedDhtNodes {
  /** Ids of a worker, at most one a family; a file that processes share has one for each socket. */
  readonly ids: readonly SavedDhtId[];
  /** At most {@link mostSavedDhtNodes} a family. */
  readonly nodes: readonly SavedDhtNode[];
}

/** Nodes of a family that are saved: the ones that answered last. */
export const mostSavedDhtNodes = 200;

/** Rates and counts that a caller may change; the defaults are the worker's. `Infinity` lifts a limit. */
export interface DhtLimits {
  /** Queries that we send, both families together; 20 at least. Default 100. */
  readonly queriesPerSecond: number;
  /** The most queries in any second, which are sent after a quiet time. Default 200. */
  readonly queryBurst: number;
  /** Look-ups at once. Default 16. */
  readonly lookUps: number;
  /** All answers; 1,000 at least. Default 8,000. */
  readonly answerBytesPerSecond: number;
  /** Answers that are more than four times as long as their question, to addresses that may be forged. Default 2,000. */
  readonly unprovenBytesPerSecond: number;
  /** An address that sends so many queries in 10 s is ignored for 300 s; 10 at least. Default 50. */
  readonly queriesPerAddress: number;
}

/** Settings of the engine's DHT node. */
export interface DhtSettings {
  /** Named by the user; names or numeric addresses. */
  readonly bootstrap: readonly DhtEndpoint[];
  /** Instead of the public routers. Default: the worker's list. */
  readonly routers?: readonly DhtEndpoint[];
  /** Default: the worker's. */
  readonly limits?: Partial<DhtLimits>;
}

/** Options of an incarnation. */
export interface DhtOptions {
  /** Sends queries that tell nodes not to remember us, and answers none (BEP 43). Default false. */
  readonly isReadOnly?: boolean;
  /** Default: the worker's. */
  readonly limits?: Partial<DhtLimits>;
  /** Asked first. Default: none. */
  readonly saved?: SavedDhtNodes;
  /** Named by the user; names or numeric addresses. Asked after the saved nodes. Default: none. */
  readonly bootstrap?: readonly DhtEndpoint[];
  /** Public nodes, asked when no other node has answered. Default: the worker's list; empty: none. */
  readonly routers?: readonly DhtEndpoint[];
  /**
   * Ids from the user, 20 bytes, by family. They stay when our address changes. Default: made of our address (BEP 42).
   */
  readonly ids?: readonly { readonly family: DhtFamily; readonly id: Uint8Array }[];
  /** Addresses that are neither asked nor answered. Default: none. */
  readonly ipFilter?: FilterMemory;
  /** Neither asked nor answered, after two crashes. Default: none. */
  readonly quarantined?: readonly QuarantinedAddress[];
  /** Port as in `set-public-port`. Default: announces need a port of their own. */
  readonly publicPort?: number;
  /** `v` of messages. Empty: none. Default: that of this program. */
  readonly version?: string;
  /** False, for measurements: nodes of one network and ids that do not fit their address count as others. Default true. */
  readonly hasSybilRules?: boolean;
}

/** Local addresses and ports to receive at. */
export interface DhtListen extends UdpListen {
  /** The sockets are those of the peers' port, which another actor owns: its hosts and ports count. Default: own sockets. */
  readonly isPortShared?: boolean;
}

/** An item (BEP 44), verified. `value` is bencoded, 1,000 bytes at most. */
export type DhtItem =
  | { readonly kind: "immutable"; readonly value: Uint8Array }
  | {
      readonly kind: "mutable";
      readonly value: Uint8Array;
      /** 32 bytes. */
      readonly publicKey: Uint8Array;
      /** 64 bytes at most; empty: none. */
      readonly salt: Uint8Array;
      /** 0 to 2⁶³ − 1. Between threads, a bigint below 2⁵³ becomes a number. */
      readonly sequence: bigint | number;
      /** 64 bytes. */
      readonly signature: Uint8Array;
    };

/** The number of a quest, assigned by the owner and never used again. */
export type DhtQuestId = number;

/** The subject of a quest. Targets, info-hashes and ids have 20 bytes. */
export type DhtQuestSubject =
  /** The nodes nearest to an id. */
  | { readonly kind: "find-node"; readonly target: Uint8Array }
  /** The peers of a torrent. */
  | { readonly kind: "get-peers"; readonly target: Uint8Array }
  /** Finds the peers of a torrent, and announces us to the nodes nearest to it. */
  | {
      readonly kind: "announce-peer";
      readonly target: Uint8Array;
      /** Default: the public port, as it is then. */
      readonly port?: number;
      /** We seed it (BEP 33). Absent: false. */
      readonly isSeed?: boolean;
    }
  /** Estimates the seeds and leechers of a torrent (BEP 33). */
  | { readonly kind: "scrape"; readonly target: Uint8Array }
  /** An item; `salt` is needed for a mutable item that has one. */
  | { readonly kind: "get-item"; readonly target: Uint8Array; readonly salt?: Uint8Array }
  /** Stores an item at the nodes nearest to its target. */
  | {
      readonly kind: "put-item";
      readonly item: DhtItem;
      /** Replace only an item of this sequence number. */
      readonly compareAndSwap?: bigint | number;
    };

/** A quest to begin, sent again to a restarted worker. */
export interface BeginDhtQuest {
  readonly quest: DhtQuestId;
  readonly subject: DhtQuestSubject;
  /** From the end of a round to the next one. Absent: a single round. */
  readonly repeatMs?: number;
}

/** A node answered a quest. */
export interface DhtQuestAnswer {
  readonly quest: DhtQuestId;
  readonly node: DhtNodeAddress;
  /** Peers that it named; bounded, and of the addresses that may be dialled. */
  readonly peers: readonly DhtEndpoint[];
}

/** Why a quest is not begun. */
export interface DhtQuestRefusal {
  readonly code: "node-id-malformed" | "too-many-quests";
  /** A sentence. */
  readonly message: string;
}

/** The estimated size of a swarm. */
export interface DhtSwarm {
  readonly seeds: number;
  readonly leechers: number;
}

/** A round of a quest has ended: its look-ups of all families, and what followed them. */
export interface DhtQuestRound {
  readonly quest: DhtQuestId;
  /** Since the owner began the quest, or since the end of the round before it and the pause. */
  readonly tookMs: number;
  /** Time before its first query: other look-ups were in turn. */
  readonly waitedMs: number;
  /** Nodes. */
  readonly asked: number;
  readonly answered: number;
  /** Peers named, each once. */
  readonly peers: number;
  /** The swarm of a scrape; absent: no node knows the torrent. */
  readonly swarm?: DhtSwarm;
  /** Nodes that accepted an announce or an item. */
  readonly stored: number;
  /** The first refusal of an announce or an item, as the node gave it: code 301 … */
  readonly refusal?: { readonly code: number; readonly message: string };
  /** The nodes nearest to the target that answered, 8 a family at most. */
  readonly nearest: readonly DhtNodeAddress[];
  /** The quest has ended with it. */
  readonly isLast: boolean;
}

/** Counts of packets since the start. */
export interface DhtTraffic {
  readonly queriesSent: number;
  readonly queriesSentBytes: number;
  readonly queriesReceived: number;
  readonly queriesReceivedBytes: number;
  /** Answers to queries, with errors. */
  readonly answersSent: number;
  readonly answersSentBytes: number;
  /** Answers to our queries, with errors. */
  readonly answersReceived: number;
  readonly answersReceivedBytes: number;
  /** Packets that are no KRPC message, or answer no query of ours. */
  readonly invalidReceived: number;
  readonly invalidBytes: number;
  /** Packets that were not read or not answered: too many of an address, the IP filter, our limits. */
  readonly ignored: number;
}

/** One family of a node. */
export interface DhtFamilyStatus extends DhtEndpoint {
  readonly family: DhtFamily;
  readonly id: Uint8Array;
  /** Our address, as nodes of five networks see it. */
  readonly publicHost?: string;
  /** `empty`: no node answers, and the next bootstrap is due in `nextBootstrapMs`. */
  readonly state: "bootstrapping" | "running" | "empty";
  readonly nextBootstrapMs?: number;
  /** In the routing table. */
  readonly nodes: number;
  /** Replacement candidates of full buckets. */
  readonly candidates: number;
  /** Buckets: the bits of our id that the deepest bucket shares, plus one. */
  readonly buckets: number;
  readonly queriesInFlight: number;
  readonly traffic: DhtTraffic;
}

/** A node at a moment. */
export interface DhtStatus {
  readonly families: readonly DhtFamilyStatus[];
  readonly quests: number;
  /** Under way. */
  readonly lookUps: number;
  /** Waiting for their turn. */
  readonly waitingLookUps: number;
  /** Stored for others. */
  readonly torrents: number;
  readonly peers: number;
  readonly items: number;
}

/** A node of a routing table. Times are before now. */
export interface DhtTableNode extends DhtNodeAddress {
  /** Queries in a row without an answer. */
  readonly failures: number;
  /** Since its last answer; absent: none. */
  readonly answeredMs?: number;
  /** Since it became known. */
  readonly ageMs: number;
  readonly roundTripMs?: number;
  /** The `v` of its last message. */
  readonly version?: Uint8Array;
  /** Its id fits its address (BEP 42). */
  readonly isSecure: boolean;
}

/** A bucket of a routing table. */
export interface DhtTableBucket {
  /** The lowest id that it may hold, 20 bytes. */
  readonly floor: Uint8Array;
  /** Leading bits that its ids share with `floor`. */
  readonly prefixBits: number;
  readonly nodes: readonly DhtTableNode[];
  readonly candidates: readonly DhtTableNode[];
}

/** A routing table. */
export interface DhtTable {
  readonly family: DhtFamily;
  readonly id: Uint8Array;
  readonly buckets: readonly DhtTableBucket[];
  /** Nodes that are asked, and enter the table if they answer. */
  readonly pendingNodes: number;
  readonly traffic: DhtTraffic;
}

/** The answer to a ping. */
export interface DhtPinged {
  /** 20 bytes. */
  readonly id: Uint8Array;
  readonly host: string;
  readonly port: number;
  readonly tookMs: number;
  readonly version?: Uint8Array;
}

/** A ping that was not answered, or not sent. */
export interface DhtPingRefused {
  readonly refused:
    | "no-answer"
    | "name-not-found"
    | "address-refused"
    | "filtered"
    | "no-socket"
    | "too-many-queries";
  readonly message: string;
}

/** Why an address of a node became known: by the user, by the `nodes` of a torrent, or by PORT of a peer (BEP 5). */
export type DhtNodeSource = "user" | "torrent" | "port";

/** Calls to the DHT worker, and its notices. */
export type DhtProtocol = PortUserProtocol & {
  /** Opens the sockets; without one, all queries fail. Once in the life of an incarnation. */
  listen: Call<DhtListen, UdpListening>;
  status: Call<{}, DhtStatus>;
  /** Absent for a family without a socket. */
  "read-table": Call<{ readonly family: DhtFamily }, { readonly table?: DhtTable }>;
  /** Lines of text with the routing table. */
  "describe-table": Call<{ readonly family: DhtFamily }, { readonly lines?: readonly string[] }>;
  /** For the next run. */
  "export-nodes": Call<{}, SavedDhtNodes>;
  /** A name is resolved first. Answered within 12 s. */
  ping: Call<DhtEndpoint, DhtPinged | DhtPingRefused>;
  /** Again for a number in use: replaces the quest. */
  "begin-quest": Cast<BeginDhtQuest>;
  /** No notice of the quest follows. Unknown numbers are ignored. */
  "cancel-quest": Cast<{ readonly quest: DhtQuestId }>;
  /** Unproven: each is asked before it counts. Names are resolved. */
  "add-nodes": Cast<{ readonly source: DhtNodeSource; readonly nodes: readonly DhtEndpoint[] }>;
  /** Replaces the IP filter and forgets the nodes that it names. Absent: no filter. */
  "set-ip-filter": Cast<FilterMemory>;
  /** Neither asked nor answered, after two crashes. */
  "quarantine-address": Cast<QuarantinedAddress>;
  /** The TCP port as the internet reaches it, announced from now on. */
  "set-public-port": Cast<{ readonly port: number }>;
  /** Our address has changed, or the network is back: a node that no other answers asks again at once. */
  "network-changed": Cast<{}>;

  "quest-answer": Notice<DhtQuestAnswer>;
  /** Items of a get: the first, and each one with a higher sequence number. Verified. */
  "quest-item": Notice<{
    readonly quest: DhtQuestId;
    readonly item: DhtItem;
    readonly node: DhtNodeAddress;
  }>;
  "quest-round": Notice<DhtQuestRound>;
  /** The quest was not begun, and has ended. */
  "quest-refused": Notice<{ readonly quest: DhtQuestId } & DhtQuestRefusal>;
};
