// Messages of a peer-worker. Its role at the engine is "peer".

import type { FilterMemory } from "./ip-filter.ts";
import type { Call, Cast, Notice } from "@troupe/actor-runtime";
import type { HashVersion } from "@troupe/protocol/identity";
import type { HolepunchMessage, PexPeer, PeerExchange } from "@troupe/protocol/peer";
import type { InfoHash, PieceIndex } from "@troupe/protocol/units";
import type { ConnectionKind, EncryptionMode, TransportMode } from "./connection-kind.ts";
import type { PortProtocol, UdpListen, UdpListening, DhtPorts } from "./datagrams/port.messages.ts";
import type { Deadline } from "./deadline.ts";
import type { FileList } from "./file-list.ts";
import type { HashProtocol } from "./hash.messages.ts";
import type { LeaseId, PeerRowIndex, SlabId, TorrentId } from "./ids.ts";
import type { MetadataProtocol } from "./metadata.messages.ts";
import type { OpenTrees } from "./open-trees.ts";
import type { PackedLeases } from "./packed-leases.ts";
import type { SharedBytes } from "./layouts/shared-bytes.ts";
import type { QuarantinedAddress } from "./quarantine.ts";
import type { ExtensionModules } from "./torrent-modules.ts";
import type { LimitRules } from "./rate-limits.ts";
import type { TracedText } from "./wire-trace.ts";
import type { TorrentWeight } from "./torrent-weight.ts";

/** A torrent for a peer-worker. */
export interface OpenTorrent {
  readonly torrent: TorrentId;
  /** Its first name on the wire. */
  readonly infoHash: InfoHash;
  /** Its name in version 2 (BEP 52), which is `infoHash` of a torrent of that version alone. Absent: version 1. */
  readonly infoHashV2?: InfoHash;
  /** Ours in this swarm, 20 bytes. */
  readonly peerId: Uint8Array;
  /** Peers and web seeds: the rows of its table. */
  readonly maxPeers: number;
  /** Its part of rates and memory among the torrents. */
  readonly weight: TorrentWeight;
  /** Connections stay; nothing is requested or served. */
  readonly isPaused: boolean;
  /** Peers may name other peers, and hear of them (BEP 11). False for a private torrent. */
  readonly exchangesPeers: boolean;
  /** Peers may hear of our DHT node, and name theirs (BEP 5). False for a private torrent. */
  readonly usesDht: boolean;
  /** The share of the torrent's rate limits: layouts/rate-share.ts. Absent: no limits. */
  readonly limits?: SharedArrayBuffer;
  /** The group of the torrent, whose limits hold too. */
  readonly group?: string;
  /** Whether the torrent super-seeds, as in `set-super-seeding`. Default false. */
  readonly isSuperSeeding?: boolean;
  /** Peers stay choked, and get no allowed pieces (BEP 6). */
  readonly isUploadOff?: true;
  /** Extensions as in `set-extensions`. Default: none. */
  readonly extensions?: ExtensionModules;
  /** Absent while the metadata is unknown. */
  readonly content?: OpenContent;
}

/** The pieces of a torrent for a peer-worker. See layouts/ for the shared tables. */
export interface OpenContent {
  readonly totalBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
  /** Number of its file-worker. */
  readonly disk: number;
  /** Written by the engine: layouts/piece-map.ts. */
  readonly had: SharedArrayBuffer;
  /** Written by this worker: layouts/torrent-table.ts. */
  readonly table: SharedArrayBuffer;
  /** With pieces had; wire order. Absent: all. */
  readonly wanted?: Uint8Array;
  /** The padding files, packed by `packPadding`. Absent: none. */
  readonly padding?: Uint8Array;
  /** Deadlines of pieces that are not had. Absent: none. */
  readonly deadlines?: readonly Deadline[];
  /** The `info` dictionary, served to peers (BEP 9). Absent for a private torrent, or if it is too long. */
  readonly metadata?: SharedBytes;
  /** Absent for version 1. */
  readonly trees?: OpenTrees;
}

/**
 * The version of the hash that both sides of a connection have named at last (BEP 52). `upgraded`: the dial named version 1,
 * the answer version 2, which the connection speaks.
 */
export type AgreedVersion = HashVersion | "upgraded";

/** Answered by `peer-opened` or `dial-failed`. */
export interface Dial {
  readonly torrent: TorrentId;
  readonly host: string;
  readonly port: number;
  readonly kind: ConnectionKind;
  readonly timeoutMs: number;
  /** The hash that found the address, named first. A torrent of the other version alone has one name. Default: `v1`. */
  readonly foundBy?: HashVersion;
  /** The peer dials us at the same time (BEP 55): the dial begins at once, over uTP alone. Its failure says so, too. */
  readonly isHolepunch?: true;
}

/**
 * The files of a torrent at a web seed. Their paths are the percent-encoded ends of their addresses: the seed's URL and
 * a path are the address of a file; for a single file that the URL names itself, the path is empty.
 */
type WebSeedFiles = FileList;

/**
 * The hosts that a web seed may lead to. `any`: the user has named it. `documents`: a stranger has named it, and of the local
 * network it reads documents alone, without a query. `internet`: hosts of the internet, and `localHosts`, alone.
 */
export type WebSeedReach = "any" | "documents" | "internet";

/**
 * A web seed (BEP 19) is a peer behind HTTP: it is admitted, and has a row, leases and a `peer-closed` as any other.
 * Each `open-web-seed` is answered by one `web-seed-closed`.
 */
export interface OpenWebSeed {
  readonly torrent: TorrentId;
  /** The number of this opening in the torrent, never used again. */
  readonly seed: number;
  /** http or https; with the path of a file appended it is the address of the file. */
  readonly url: string;
  /** 20 bytes that no peer can guess, the same for each opening. */
  readonly peerId: Uint8Array;
  readonly files: WebSeedFiles;
  /** Files that it lacks. It does not have the pieces that they share in. */
  readonly missingFiles: readonly number[];
  readonly reach: WebSeedReach;
  /** Hosts that a web seed with the reach `internet` may lead to although they are local. Default: none. */
  readonly localHosts?: readonly string[];
  /** Its server has answered a range with the whole file: it is asked for whole files. */
  readonly givesWholeFiles: boolean;
}

/** The end of a web seed, opened or not; after its `peer-closed`. */
export interface WebSeedClosed {
  readonly torrent: TorrentId;
  readonly seed: number;
  /** Stable: `web-seed-status`, `http-failed` …, or the reason of `peer-closed`. */
  readonly code: string;
  /** A sentence without the path of the URL. */
  readonly message: string;
  /** The server asks not to return before. */
  readonly retryAfterMs?: number;
  /** The server does not have this file; it may have others. */
  readonly missingFile?: number;
  /** The server has refused a range of this file, and may give it later; it may have others now. */
  readonly restingFile?: number;
}

/** Until the piece is sealed or returned, no other worker requests its blocks. */
export interface PieceLease {
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  /**
   * After a failed attempt without a known culprit: request the blocks from a single peer as far as possible, and from
   * a peer in `mistrusted` only without another.
   */
  readonly parole?: { readonly mistrusted: readonly PeerRowIndex[] };
  /**
   * A half-received piece in another worker's memory: copy the blocks in `received`, then cast
   * `transferred-piece-taken`. Absent for a fresh piece.
   */
  readonly transferred?: {
    readonly memory: SharedArrayBuffer;
    readonly offset: number;
    /** A byte a block, 1 = received. */
    readonly received: Uint8Array;
  } & PieceContributors<ContributorAddress>;
  /** For an oversized piece; used from offset 0. */
  readonly ownMemory?: { readonly id: SlabId; readonly memory: SharedArrayBuffer };
}

/** The answer to `pieces-wanted`, or a piece of another worker. */
export interface LeasePieces {
  readonly torrent: TorrentId;
  /** No answer: the question that is out stays open. Default: false. */
  readonly isUnasked?: boolean;
  readonly leases: PackedLeases;
  /** Asking peers without a piece to lease. */
  readonly nothingFor: readonly PeerRowIndex[];
  /** Asking peers from whom a picker of the program takes no piece now. Default: none. */
  readonly withheldFor?: readonly PeerRowIndex[];
  /** Leased pieces for web seeds that give whole files only, in the order of the file. Default: none. */
  readonly reserved?: readonly {
    readonly peer: PeerRowIndex;
    readonly pieces: readonly PieceIndex[];
  }[];
  /** No connected peer has a piece left to lease: these may request blocks twice. Default: false. */
  readonly isEndgame?: boolean;
}

/** A peer's demand. */
export interface PieceWanted {
  readonly peer: PeerRowIndex;
  /** Besides leased pieces, for about a second at its rate. */
  readonly count: number;
  /**
   * Only of these pieces: due pieces, or those that a peer gives while it chokes us (BEP 6). 64 at most.
   * A web seed without ranges gets the pieces of its file in their order instead.
   */
  readonly among?: readonly PieceIndex[];
}

/** May have disconnected. */
export interface ContributorAddress {
  readonly host: string;
  readonly port: number;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
}

/** The contributors of a piece. */
export interface PieceContributors<Contributor> {
  /** {@link contributorLimit} at most. */
  readonly contributors: readonly Contributor[];
  /**
   * A byte a block: the index of its contributor, or {@link contributorLimit} if unknown. Absent for a single
   * contributor.
   */
  readonly blockContributors?: Uint8Array;
}

/** Further contributors are not recorded. */
export const contributorLimit = 255;

/** Sealed pieces in one slab, unchanged until `pieces-had` or `piece-failed`. */
export interface PiecesSealed {
  readonly torrent: TorrentId;
  readonly slab: SlabId;
  /**
   * {@link sealedFields} numbers a piece: its index, its lease, its byte offset in the slab, its bytes, and the place
   * of its contributors in `origins`.
   */
  readonly places: readonly number[];
  readonly origins: readonly PieceContributors<PeerRowIndex | ContributorAddress>[];
}

/** Numbers of a piece in {@link PiecesSealed}. */
export const sealedFields = 5;

/** A connection to a peer or to a web seed. */
export interface PeerConnection {
  readonly torrent: TorrentId;
  readonly peer: PeerRowIndex;
  readonly host: string;
  readonly port: number;
  readonly peerId: Uint8Array;
  readonly isIncoming: boolean;
  /** Default: `v1`. */
  readonly version?: AgreedVersion;
  /** Number of a web seed's opening. Its `host` may be a name, and is not an address to dial. */
  readonly webSeed?: number;
}

/** An admitted connection. */
export interface PeerOpened extends PeerConnection {
  /** Absent for a web seed. */
  readonly kind?: ConnectionKind;
}

/** Its row is free from here on. */
export interface PeerClosed extends Omit<PeerConnection, "peerId" | "version"> {
  /** Stable: `closed-by-peer`, `ECONNRESET`, `frame-too-long`, `idle`, `torrent-closed` … */
  readonly reason: string;
  /** The peer broke a rule. */
  readonly isFault: boolean;
  /** Payload of this connection. */
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
}

/** News of a module of a torrent. */
export interface ExtensionNews {
  readonly torrent: TorrentId;
  readonly url: string;
  /** A sentence. */
  readonly message: string;
}

/** Messages of the UDP port, about metadata, and about hashes. */
type OtherProtocols = PortProtocol & MetadataProtocol & HashProtocol;

/** Calls to a peer-worker, and its notices. */
export type PeerProtocol = OtherProtocols & {
  /**
   * Replaces the listen addresses by `hosts`, which may be empty. Refused with the system's code of the first failure.
   */
  listen: Call<
    { readonly hosts: readonly string[]; readonly port: number; readonly reusePort: boolean },
    { readonly port: number } | { readonly refused: string; readonly host: string }
  >;
  /**
   * Opens the UDP port for its users. The ports of the previous incarnation are tried for 5 s, since the system may release
   * them a moment later. A family that has a socket keeps it.
   */
  "open-udp": Call<UdpListen, UdpListening>;
  "open-torrent": Cast<OpenTorrent>;
  /** Closes connections and drops leases. Answered when none of its extents is in use. */
  "close-torrent": Call<{ readonly torrent: TorrentId }, {}>;
  "set-paused": Cast<{ readonly torrent: TorrentId; readonly isPaused: boolean }>;
  /** Absent: all pieces. */
  "set-wanted": Cast<{ readonly torrent: TorrentId; readonly wanted?: Uint8Array }>;
  /** Replaces all deadlines of the torrent. */
  "set-deadlines": Cast<{ readonly torrent: TorrentId; readonly deadlines: readonly Deadline[] }>;
  dial: Cast<Dial>;
  "open-web-seed": Cast<OpenWebSeed>;
  /** To a peer that offers `ut_pex`; nothing is sent to another peer. */
  "send-peer-exchange": Cast<
    { readonly torrent: TorrentId; readonly peer: PeerRowIndex } & PeerExchange
  >;
  /** To a peer that offers `ut_holepunch`; nothing is sent to another peer. */
  "send-holepunch": Cast<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly message: HolepunchMessage;
  }>;
  "close-peer": Cast<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly reason: string;
  }>;
  /** The answer to `pieces-wanted`. */
  "lease-pieces": Cast<LeasePieces>;
  /**
   * Answered by `lease-returned` (endgame across workers), unless the piece is sealed by then, or makes progress and
   * there is no memory to keep its blocks in.
   */
  "revoke-lease": Cast<{
    readonly torrent: TorrentId;
    readonly piece: PieceIndex;
    readonly lease: LeaseId;
  }>;
  /** Verified and written: frees their memory and sends `have` to the peers. To every worker, gathered over a turn. */
  "pieces-had": Cast<{ readonly torrent: TorrentId; readonly pieces: readonly PieceIndex[] }>;
  /** No longer served, and downloaded again once leased. */
  "pieces-lost": Cast<{ readonly torrent: TorrentId; readonly pieces: readonly PieceIndex[] }>;
  /** The hash did not match: frees the memory, and the piece is leased again. */
  "piece-failed": Cast<{ readonly torrent: TorrentId; readonly piece: PieceIndex }>;
  /** The piece of `lease-returned` was copied: frees its memory. */
  "transferred-piece-taken": Cast<{ readonly torrent: TorrentId; readonly lease: LeaseId }>;
  /** Neither dialled nor accepted, after two crashes. */
  "quarantine-address": Cast<QuarantinedAddress>;
  /** The port that handshakes name as ours from now on (BEP 10, `p`). */
  "set-public-port": Cast<{ readonly port: number }>;
  /** Peers that have a DHT node hear of ours from now on (BEP 5). */
  "set-dht-ports": Cast<DhtPorts>;
  /**
   * Replaces the IP filter and closes the connections that it names.
   */
  "set-ip-filter": Cast<FilterMemory>;
  /** The torrent's table has grown to so many rows. */
  "set-max-peers": Cast<{ readonly torrent: TorrentId; readonly maxPeers: number }>;
  /**
   * The worker's share of the rate limits of all torrents together, or of a group's torrents: layouts/rate-share.ts. Absent:
   * no limits.
   */
  "set-limits": Cast<{
    readonly group?: string;
    /** The limit of uploads to all peers over TCP, which leaves peers over uTP their part of the line. */
    readonly isForTcp?: true;
    readonly limits?: SharedArrayBuffer;
  }>;
  /** Traces the messages of a connected peer as text; `wire-traced` follows. */
  "start-trace": Cast<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly trace: number;
  }>;
  "end-trace": Cast<{ readonly torrent: TorrentId; readonly trace: number }>;
  /** Holds for all rate limits of the worker; at first local networks are not limited, and protocol bytes count. */
  "set-limit-rules": Cast<LimitRules>;
  /** For connections from now on. Comes before the worker listens; until then it takes and makes both kinds. */
  "set-encryption": Cast<{ readonly mode: EncryptionMode }>;
  "set-transport": Cast<{ readonly mode: TransportMode }>;
  /** The group of a torrent, and the worker's share of its own rate limits. Absent: none. */
  "set-torrent-limits": Cast<{
    readonly torrent: TorrentId;
    readonly group?: string;
    readonly limits?: SharedArrayBuffer;
  }>;
  /** The weight of the torrent among the torrents from now on. */
  "set-weight": Cast<{ readonly torrent: TorrentId; readonly weight: TorrentWeight }>;
  /** The others are choked. */
  "set-unchoked": Cast<{ readonly torrent: TorrentId; readonly peers: readonly PeerRowIndex[] }>;
  /**
   * Turns super-seeding (BEP 16) on or off. Peers that connect while it is on know only of the pieces in `show-pieces`.
   * When it ends, the peers hear of the other pieces.
   */
  "set-super-seeding": Cast<{ readonly torrent: TorrentId; readonly isOn: boolean }>;
  /** Peers may name other peers from now on, or no longer (BEP 11). Connected peers hear of it. */
  "set-peer-exchange": Cast<{ readonly torrent: TorrentId; readonly isOn: boolean }>;
  /** Pieces that a peer of a super-seed may know of and request, besides those of earlier messages. */
  "show-pieces": Cast<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly pieces: readonly PieceIndex[];
  }>;
  /**
   * Loads modules, and replaces the plugin extensions when all are loaded. Absent: none. A module that cannot be
   * used is answered by `extension-failed`.
   */
  "set-extensions": Cast<{ readonly torrent: TorrentId; readonly extensions?: ExtensionModules }>;

  "peer-opened": Notice<PeerOpened>;
  /** The listen port of an incoming peer (BEP 10, `p`); after its `peer-opened`. */
  "peer-listens": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly port: number;
  }>;
  /** Our address as a peer sees it (BEP 10, `yourip`); after its `peer-opened`. */
  "own-address-seen": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly host: string;
  }>;
  /** The port of the peer's DHT node (BEP 5), 1 to 65,535, once a minute at most; after its `peer-opened`. */
  "dht-port": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly port: number;
  }>;
  /** The peer offers `ut_pex` (BEP 11), or no longer; after its `peer-opened`, and only while we offer it. */
  "peer-exchange-offered": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly isOffered: boolean;
  }>;
  /** Peers that a peer is connected to, as it says: fit to dial, bounded in number. After its `peer-opened`. */
  "peers-named": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly added: readonly PexPeer[];
  }>;
  /** The peer offers `ut_holepunch` (BEP 55), or no longer; after its `peer-opened`, and only while we offer it. */
  "holepunch-offered": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly isOffered: boolean;
  }>;
  /** A message of `ut_holepunch`, bounded in number; after its `peer-opened`. Its address is not checked. */
  "holepunch-received": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly message: HolepunchMessage;
  }>;
  /**
   * Peers of a torrent with content whose interest has changed; their rows have it. Sent four times a second at most. A
   * closed connection is reported by `peer-closed` alone.
   */
  "interest-changed": Notice<{
    readonly torrent: TorrentId;
    readonly peers: readonly PeerRowIndex[];
  }>;
  /** A module of the torrent cannot be used; none of its plugin extensions runs in this worker any more. */
  "extension-failed": Notice<ExtensionNews>;
  /** A handler of a module threw. Once a minute for each module. */
  "extension-threw": Notice<ExtensionNews>;
  "peer-closed": Notice<PeerClosed>;
  "web-seed-closed": Notice<WebSeedClosed>;
  /** The server of an open web seed has answered a range with the whole file. */
  "web-seed-without-ranges": Notice<{ readonly torrent: TorrentId; readonly seed: number }>;
  /** A failed dial: refused, timed out, wrong handshake, not admitted. */
  "dial-failed": Notice<{
    readonly torrent: TorrentId;
    readonly host: string;
    readonly port: number;
    readonly reason: string;
    readonly isHolepunch?: true;
  }>;
  /** These peers will soon run out of blocks. A torrent has a single open question. */
  "pieces-wanted": Notice<{
    readonly torrent: TorrentId;
    readonly peers: readonly PieceWanted[];
  }>;
  "pieces-sealed": Notice<PiecesSealed>;
  "wire-traced": Notice<{ readonly torrent: TorrentId } & TracedText>;
  /** Revoked, given up, or no peer here has the piece any more. */
  "lease-returned": Notice<{
    readonly torrent: TorrentId;
    readonly piece: PieceIndex;
    readonly lease: LeaseId;
    /** The blocks received, kept until `transferred-piece-taken`. */
    readonly transferred?: {
      readonly offset: number;
      readonly received: Uint8Array;
    } & PieceContributors<ContributorAddress>;
  }>;
};
