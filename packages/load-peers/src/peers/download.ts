// The pieces that one peer takes: which block it requests next, and which pieces it has.

import {
  blockLength,
  blockLengthBytes,
  type Geometry,
  hasBit,
  pieceLength,
} from "@troupe/protocol";
import { type HashedPiece, startPiece } from "./hashed-piece.ts";
import type { PieceSet } from "./own-pieces.ts";
import { PieceOrder } from "./piece-order.ts";

/** A piece that has begun. */
interface OpenPiece {
  readonly piece: number;
  nextBegin: number;
  missingBytes: number;
  /** A block of it was wrong. */
  isWrong: boolean;
  /** Without content, for its hash. */
  readonly hashed: HashedPiece | undefined;
}

/** Facts of the torrent that downloads of a group share. */
export interface DownloadParts {
  readonly geometry: Geometry;
  readonly pieceHashes: Uint8Array;
  /** Without content a piece is judged by its hash. */
  readonly hasContent: boolean;
  /** All pieces, or so many. */
  readonly take: "all" | { readonly pieces: number };
}

/** The result of a block. */
export type BlockResult = "piece-open" | "piece-had" | "piece-wrong" | "not-wanted";

/** Takes pieces in an order drawn from a seed. Lives over the connections of a peer. */
export class Download {
  /** Pieces that the peer has taken. */
  hadPieces = 0;
  /** Of the block that `next` chose. */
  piece = 0;
  begin = 0;
  lengthBytes = 0;
  readonly #parts: DownloadParts;
  readonly #order: PieceOrder;
  readonly #own: PieceSet;
  readonly #wantedPieces: number;
  readonly #open: OpenPiece[] = [];
  /** Blocks to be requested again, as piece and begin. */
  readonly #again: number[] = [];
  /** Pieces that the other side lacked. */
  #lacking: number[] = [];
  #looksAtLacking = false;
  #place = 0;
  #chosenPieces = 0;

  /** @param own Pieces that the peer has already: it takes others. */
  constructor(parts: DownloadParts, seed: number, own: PieceSet) {
    this.#parts = parts;
    this.#own = own;
    this.#order = new PieceOrder(parts.geometry.pieceCount, seed);
    const others = parts.geometry.pieceCount - own.count;
    this.#wantedPieces = parts.take === "all" ? others : Math.min(others, parts.take.pieces);
  }

  get isComplete(): boolean {
    return this.hadPieces >= this.#wantedPieces;
  }

  /** Chooses the next block to request. @returns Whether there is one. */
  next(remote: Uint8Array): boolean {
    const again = this.#again;
    if (again.length > 0) {
      const begin = again.pop() ?? 0;
      return this.#choose(again.pop() ?? 0, begin);
    }
    for (const open of this.#open) {
      if (open.missingBytes > 0 && open.nextBegin < pieceLength(this.#parts.geometry, open.piece))
        return this.#chooseOf(open);
    }
    const piece = this.#nextPiece(remote);
    if (piece === undefined) return false;
    const { geometry, pieceHashes, hasContent } = this.#parts;
    const open: OpenPiece = {
      piece,
      nextBegin: 0,
      missingBytes: pieceLength(geometry, piece),
      isWrong: false,
      hashed: hasContent ? undefined : startPiece(pieceHashes, piece),
    };
    this.#open.push(open);
    return this.#chooseOf(open);
  }

  /** The other side wants to know: has it a piece that the peer lacks? */
  wantsAnyOf(remote: Uint8Array): boolean {
    if (this.isComplete) return false;
    if (this.#open.length > 0 || this.#again.length > 0) return true;
    const piece = this.#nextPiece(remote);
    if (piece === undefined) return false;
    this.#lacking.push(piece);
    this.#looksAtLacking = true;
    return true;
  }

  /** The other side has pieces that it lacked. */
  remoteHasMore(): void {
    this.#looksAtLacking = true;
  }

  /** A block will not come: it is requested again. */
  dropped(piece: number, begin: number): void {
    if (this.#open.some((open) => open.piece === piece)) this.#again.push(piece, begin);
  }

  /** Bytes of a block of a piece without content. */
  hashPart(piece: number, begin: number, bytes: Uint8Array): void {
    for (const open of this.#open) if (open.piece === piece) open.hashed?.push(begin, bytes);
  }

  /** A block has come whole. */
  received(piece: number, lengthBytes: number, isRight: boolean): BlockResult {
    const index = this.#open.findIndex((open) => open.piece === piece);
    const open = this.#open[index];
    if (open === undefined) return "not-wanted";
    open.missingBytes -= lengthBytes;
    if (!isRight) open.isWrong = true;
    if (open.missingBytes > 0) return "piece-open";
    this.#open.splice(index, 1);
    if (open.isWrong || open.hashed?.isWrong() === true) {
      this.#lacking.push(piece);
      this.#looksAtLacking = true;
      return "piece-wrong";
    }
    this.hadPieces++;
    return "piece-had";
  }

  #chooseOf(open: OpenPiece): boolean {
    const begin = open.nextBegin;
    open.nextBegin += blockLengthBytes;
    return this.#choose(open.piece, begin);
  }

  #choose(piece: number, begin: number): boolean {
    this.piece = piece;
    this.begin = begin;
    this.lengthBytes = blockLength(this.#parts.geometry, piece, begin / blockLengthBytes);
    return true;
  }

  #nextPiece(remote: Uint8Array): number | undefined {
    const lacking = this.#looksAtLacking ? this.#takeLacking(remote) : undefined;
    if (lacking !== undefined) return lacking;
    const { pieceCount } = this.#parts.geometry;
    while (this.#place < pieceCount && this.#chosenPieces < this.#wantedPieces) {
      const piece = this.#order.at(this.#place++);
      if (this.#own.has(piece)) continue;
      this.#chosenPieces++;
      if (hasBit(remote, piece)) return piece;
      this.#lacking.push(piece);
    }
    return undefined;
  }

  #takeLacking(remote: Uint8Array): number | undefined {
    const index = this.#lacking.findIndex((piece) => hasBit(remote, piece));
    if (index < 0) {
      this.#looksAtLacking = false;
      return undefined;
    }
    const [piece] = this.#lacking.splice(index, 1);
    return piece;
  }
}
