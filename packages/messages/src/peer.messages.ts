// What a peer-worker is told and what it announces. The coordinator speaks to it under the role "peer".

import type { Call, Cast, Notice } from "@troupe/actor-runtime";
import type { InfoHash, PieceIndex } from "@troupe/protocol";
import type { LeaseId, PeerRowIndex, SlabId, TorrentId } from "./ids.ts";
import type { QuarantinedAddress } from "./quarantine.ts";

/** Options of one incarnation of a peer-worker. */
export interface PeerWorkerOptions {
  /** Its own payload memory, fresh for this incarnation: downloads first, then uploads. */
  readonly slab: { readonly id: SlabId; readonly memory: SharedArrayBuffer };
  /** Bytes of the slab for pieces being downloaded; a multiple of 16 KiB. */
  readonly downloadBytes: number;
  /** Bytes of the slab for blocks being uploaded; a multiple of 16 KiB. */
  readonly uploadBytes: number;
  /** Bytes from sockets are read into a buffer of this size, one for the thread. */
  readonly receiveBufferBytes: number;
  /** Connections being opened at once. */
  readonly halfOpenLimit: number;
  /** Accepted connections that have not shaken hands. */
  readonly handshakeLimit: number;
  /** Memory for requests of all its peers that wait to be served. */
  readonly requestBytes: number;
  /** Local addresses to dial from, by family; undefined leaves it to the system. */
  readonly bind: readonly string[];
  /** Addresses that are neither dialled nor let in. Default: none. */
  readonly quarantined?: readonly QuarantinedAddress[];
}

/** A torrent as a peer-worker needs it. Shared tables are described in layouts/. */
export interface OpenTorrent {
  readonly torrent: TorrentId;
  readonly infoHash: InfoHash;
  /** Our 20-byte peer id in this swarm. */
  readonly peerId: Uint8Array;
  readonly totalBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
  /** The number of the file-worker that has its files. */
  readonly disk: number;
  /** Pieces had, written by the coordinator: layouts/piece-map.ts. */
  readonly had: SharedArrayBuffer;
  /** This worker's availability, peer rows and counters, written by the worker: layouts/torrent-table.ts. */
  readonly table: SharedArrayBuffer;
  readonly maxPeers: number;
  /** Paused: connections stand, nothing is requested or served. */
  readonly isPaused: boolean;
  /** Pieces that somebody wants, had or not; wire order. Absent: all. */
  readonly wanted?: Uint8Array;
}

/** One address to connect to. Answered by `peer-opened` or `dial-failed`, once. */
export interface Dial {
  readonly torrent: TorrentId;
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** A piece handed to one worker: until it is sealed or returned nobody else asks for its blocks. */
export interface PieceLease {
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  /**
   * An attempt at the piece has failed and nobody has been named for it: its blocks are to come from one peer as far as
   * possible, and not from those in `mistrusted` while there is another.
   */
  readonly parole?: { readonly mistrusted: readonly PeerRowIndex[] };
  /**
   * A half-received piece in another worker's memory: read the blocks marked in `received` from it, then
   * cast `transferred-piece-taken`. Absent for a fresh piece.
   */
  readonly transferred?: {
    readonly memory: SharedArrayBuffer;
    readonly offset: number;
    /** One byte a block, 1 = its bytes are there. */
    readonly received: Uint8Array;
  } & PieceContributors<ContributorAddress>;
  /** For a piece larger than the worker's whole download memory: a buffer of its own, to be used from offset 0. */
  readonly ownMemory?: { readonly id: SlabId; readonly memory: SharedArrayBuffer };
}

/** The answer to one `pieces-wanted`, or a piece that came from another worker. */
export interface LeasePieces {
  readonly torrent: TorrentId;
  readonly pieces: readonly PieceLease[];
  /** The peers that asked and for whom nothing is left to lease. */
  readonly nothingFor: readonly PeerRowIndex[];
  /** Nor is anything left for any other connected peer: these may double requests. Default: false. */
  readonly isEndgame?: boolean;
}

/** What one peer could start on. */
export interface PieceWanted {
  readonly peer: PeerRowIndex;
  /** Pieces that this peer could start on, beyond those leased: about a second of its rate. */
  readonly count: number;
}

/** A peer that gave blocks, and may be gone by now. */
export interface ContributorAddress {
  readonly host: string;
  readonly port: number;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
}

/** Who gave the blocks of a piece. */
export interface PieceContributors<Contributor> {
  /** Everybody who gave a block, {@link contributorLimit} at most. */
  readonly contributors: readonly Contributor[];
  /**
   * One byte a block: the place of its peer in `contributors`, or {@link contributorLimit} when that is not known. Absent
   * when all came from the only contributor.
   */
  readonly blockContributors?: Uint8Array;
}

/** Contributors of one piece that are told apart; the blocks of further ones name nobody. */
export const contributorLimit = 255;

/** Where a sealed piece lies. Until the coordinator says `pieces-had` or `piece-failed`, nobody writes there. */
export interface PieceSealed extends PieceContributors<PeerRowIndex | ContributorAddress> {
  readonly torrent: TorrentId;
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  readonly slab: SlabId;
  /** Byte offset in the slab. */
  readonly offset: number;
  readonly lengthBytes: number;
  /** Row indexes of those connected now, addresses of those that are gone or gave blocks to another worker. */
  readonly contributors: readonly (PeerRowIndex | ContributorAddress)[];
}

/** A connection that stands: admitted, handshakes done. */
export interface PeerOpened {
  readonly torrent: TorrentId;
  readonly peer: PeerRowIndex;
  readonly host: string;
  readonly port: number;
  readonly peerId: Uint8Array;
  readonly isIncoming: boolean;
}

/** The end of a connection that was opened. Its row is free from here on. */
export interface PeerClosed {
  readonly torrent: TorrentId;
  readonly peer: PeerRowIndex;
  readonly host: string;
  readonly port: number;
  readonly isIncoming: boolean;
  /** Stable word: `closed-by-peer`, `ECONNRESET`, `frame-too-long`, `idle`, `torrent-closed` … */
  readonly reason: string;
  /** The peer broke a rule. */
  readonly isFault: boolean;
  /** Payload bytes, this connection. */
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
}

/** What a peer-worker answers to and announces. */
export type PeerProtocol = {
  /**
   * Listens on every address of `hosts` in place of what was listened on before; on none when there is none. Refused
   * with the system's code of the first that fails.
   */
  listen: Call<
    { readonly hosts: readonly string[]; readonly port: number; readonly reusePort: boolean },
    { readonly port: number } | { readonly refused: string; readonly host: string }
  >;
  "open-torrent": Cast<OpenTorrent>;
  /** Closes its connections, drops its leases, forgets it. Answered when no extent of it is in use. */
  "close-torrent": Call<{ readonly torrent: TorrentId }, {}>;
  "set-paused": Cast<{ readonly torrent: TorrentId; readonly isPaused: boolean }>;
  /** Another set of pieces is wanted now; without `wanted` all are. */
  "set-wanted": Cast<{ readonly torrent: TorrentId; readonly wanted?: Uint8Array }>;
  dial: Cast<Dial>;
  "close-peer": Cast<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly reason: string;
  }>;
  /** The answer to `pieces-wanted`. */
  "lease-pieces": Cast<LeasePieces>;
  /**
   * Asks a lease back (endgame over workers): answered by `lease-returned`, unless it is sealed by then, or gets on and
   * there is no memory to keep in what has arrived.
   */
  "revoke-lease": Cast<{
    readonly torrent: TorrentId;
    readonly piece: PieceIndex;
    readonly lease: LeaseId;
  }>;
  /**
   * These pieces are verified and written: their memory is free, `have` goes to the peers. Sent to every worker,
   * gathered over one turn.
   */
  "pieces-had": Cast<{ readonly torrent: TorrentId; readonly pieces: readonly PieceIndex[] }>;
  /** These pieces were had and are no more: they are not served, and fetched again when they are leased. */
  "pieces-lost": Cast<{ readonly torrent: TorrentId; readonly pieces: readonly PieceIndex[] }>;
  /** The hash did not match: its memory is free. The piece is leased again, to somebody. */
  "piece-failed": Cast<{ readonly torrent: TorrentId; readonly piece: PieceIndex }>;
  /** The half-received piece given back by `lease-returned` has been taken: its memory is free. */
  "transferred-piece-taken": Cast<{ readonly torrent: TorrentId; readonly lease: LeaseId }>;
  /** From now on this address is neither dialled nor let in: a peer-worker was handling it at two crashes. */
  "quarantine-address": Cast<QuarantinedAddress>;
  /** The peers to be unchoked, in full; all others are choked. */
  "set-unchoked": Cast<{ readonly torrent: TorrentId; readonly peers: readonly PeerRowIndex[] }>;

  "peer-opened": Notice<PeerOpened>;
  /** An incoming peer says where it listens itself (BEP 10, `p`); after its `peer-opened`. */
  "peer-listens": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly port: number;
  }>;
  "peer-closed": Notice<PeerClosed>;
  /** A dial that never became a peer: refused, timed out, wrong handshake, not admitted. */
  "dial-failed": Notice<{
    readonly torrent: TorrentId;
    readonly host: string;
    readonly port: number;
    readonly reason: string;
  }>;
  /** These peers will soon run out of blocks. One question at a time for each torrent. */
  "pieces-wanted": Notice<{ readonly torrent: TorrentId; readonly peers: readonly PieceWanted[] }>;
  "piece-sealed": Notice<PieceSealed>;
  /** A lease given back: asked for, given up, or no peer here has the piece any more. */
  "lease-returned": Notice<{
    readonly torrent: TorrentId;
    readonly piece: PieceIndex;
    readonly lease: LeaseId;
    /** What has arrived, when anything has: kept in place until `transferred-piece-taken`. */
    readonly transferred?: {
      readonly offset: number;
      readonly received: Uint8Array;
    } & PieceContributors<ContributorAddress>;
  }>;
};
