// An order chooses which pieces of a peer are leased first.

import type { PieceIndex } from "@troupe/protocol/units";

/** A question for pieces of one peer. */
export interface PieceQuestion {
  /** The peer's bitfield, wire order. */
  readonly peerHas: Uint8Array;
  readonly count: number;
  /** Per worker: connected peers that have each piece. Workers write to it at any time. */
  readonly availability: readonly Uint16Array[];
  readonly nowMs: number;
  /** The peer-worker of the peer. */
  readonly worker: number;
  readonly rates: WorkerRates;
}

/** The peer-workers of a torrent: due pieces are shared out by their rates. */
export interface WorkerRates {
  /** Payload that a peer-worker receives of the torrent, in bytes a second. */
  rateOf(worker: number): number;
  /** @returns The peer-workers with a peer that would send the piece. */
  workersWith(piece: PieceIndex): readonly number[];
}

/** An order of a torrent's pieces. */
export interface PieceOrder {
  /** @returns At most `count` missing, wanted pieces of the peer, best first. */
  pick(question: PieceQuestion): PieceIndex[];
  /** Pieces that come before all others, however long the requests for the others could be. Absent: none. */
  pickFirst?(question: PieceQuestion): PieceIndex[];
  /** The piece is missing again. */
  putBack(piece: PieceIndex): void;
  /** Many pieces are missing again, or priorities changed. */
  forget(): void;
}
