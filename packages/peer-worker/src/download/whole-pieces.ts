// A peer that sends a whole piece within seconds keeps the piece to itself. A piece that fails its hash then has one sender.

import type { PeerRowIndex } from "@troupe/messages";

import { keeperSilenceMs, peersPerKeptPiece, wholePieceMs } from "../limits.ts";
import { noPeer, type PieceInProgress } from "./piece-in-progress.ts";

/** A peer that may keep a piece. */
export interface Keeper {
  readonly downBytesPerSecond: number;
  readonly amChokedByPeer: boolean;
  readonly isSnubbed: boolean;
  readonly times: { readonly lastBlockAtMs: number };
  readonly downloadIfAny:
    | { readonly currentPiece: PieceInProgress | undefined; readonly noLeaseUntilMs: number }
    | undefined;
}

/** The peers of a torrent by their rows, its pieces, and its wait for memory. */
interface Content {
  readonly isWaitingForMemory: boolean;
  readonly leases: { readonly withFreeBlocks: { readonly size: number } };
  readonly torrent: {
    readonly sessions: { readonly size: number };
    sessionAt(row: PeerRowIndex): Keeper | undefined;
  };
}

/** The pieces that single peers keep. */
export class WholePieces {
  readonly #content: Content;

  constructor(content: Content) {
    this.#content = content;
  }

  /**
   * The peer that opens a piece keeps it, if it is fast enough. Pieces with free blocks stay fewer than a quarter of the
   * peers: with more, memory would be full of pieces that no peer can finish soon, and few peers would wait for others.
   */
  noteOpened(piece: PieceInProgress, opener: PeerRowIndex): void {
    const { leases, torrent } = this.#content;
    if (leases.withFreeBlocks.size * peersPerKeptPiece >= torrent.sessions.size) return;
    const session = torrent.sessionAt(opener);
    if (session !== undefined && isFastEnough(session, piece)) piece.keeper = opener;
  }

  /** Whether another peer keeps the piece: one that is fast enough, does not choke us, and was not silent. */
  isKeptFrom(piece: PieceInProgress, peer: PeerRowIndex, nowMs: number): boolean {
    const { keeper } = piece;
    if (keeper === noPeer || keeper === peer) return false;
    // The row may be that of another peer by now, which then works on another piece.
    const session = this.#content.torrent.sessionAt(keeper as PeerRowIndex);
    if (session?.downloadIfAny?.currentPiece !== piece) return false;
    if (session.amChokedByPeer || session.isSnubbed || !isFastEnough(session, piece)) return false;
    return nowMs - session.times.lastBlockAtMs < keeperSilenceMs;
  }

  /** Whether a peer gets blocks of kept pieces: the engine has no other piece for it, or no memory is left. */
  mayJoin(peer: PeerRowIndex, nowMs: number): boolean {
    if (this.#content.isWaitingForMemory) return true;
    const download = this.#content.torrent.sessionAt(peer)?.downloadIfAny;
    return download !== undefined && download.noLeaseUntilMs > nowMs;
  }
}

function isFastEnough({ downBytesPerSecond }: Keeper, { lengthBytes }: PieceInProgress): boolean {
  return downBytesPerSecond * wholePieceMs >= lengthBytes * 1_000;
}
