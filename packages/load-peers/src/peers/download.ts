// The pieces that one peer takes: which block it requests next, and which pieces it has.

import {
  blockLength,
  type Geometry,
  type PieceHashes,
  pieceLength,
} from "@troupe/protocol/metainfo";
import { clearBit, hasBit, setBit } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";
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
  readonly pieceHashes: PieceHashes;
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
  /** Piece, offset and length of the block that `next` chose. */
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
  /** Bits of chosen pieces that the other side lacked, or that came wrong. Made for the first one. */
  #lacking: Uint8Array | undefined;
  /** The other side may have one of them. */
  #looksAtLacking = false;
  /** The piece at which the look begins. */
  #lookFrom: number;
  #place = 0;
  #chosenPieces = 0;

  /** @param own Pieces that the peer has already: it takes others. */
  constructor(parts: DownloadParts, seed: number, own: PieceSet) {
    this.#parts = parts;
    this.#own = own;
    this.#order = new PieceOrder(parts.geometry.pieceCount, seed);
    this.#lookFrom = this.#order.at(0);
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
    const piece = this.#findPiece(remote);
    if (piece === undefined) return false;
    this.#choosePiece(piece);
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

  /** @returns Whether the other side has a piece that the download takes. */
  wantsAnyOf(remote: Uint8Array): boolean {
    if (this.isComplete) return false;
    if (this.#open.length > 0 || this.#again.length > 0) return true;
    return this.#findPiece(remote) !== undefined;
  }

  /** The other side has pieces that it lacked. */
  remoteHasMore(): void {
    this.#looksAtLacking = true;
  }

  /** The other side has this piece now. */
  remoteHas(piece: number): void {
    if (this.#lacking === undefined || !hasBit(this.#lacking, piece)) return;
    this.#looksAtLacking = true;
    this.#lookFrom = piece;
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
      this.#lack(piece);
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

  /** @returns A piece to begin next, if the other side has one. */
  #findPiece(remote: Uint8Array): number | undefined {
    const lacking = this.#looksAtLacking ? this.#findLacking(remote) : undefined;
    if (lacking !== undefined) return lacking;
    const { pieceCount } = this.#parts.geometry;
    for (; this.#place < pieceCount && this.#chosenPieces < this.#wantedPieces; this.#place++) {
      const piece = this.#order.at(this.#place);
      if (this.#own.has(piece)) continue;
      if (hasBit(remote, piece)) return piece;
      this.#chosenPieces++;
      this.#lack(piece);
    }
    return undefined;
  }

  /** The piece of `#findPiece` begins. */
  #choosePiece(piece: number): void {
    if (this.#lacking !== undefined && hasBit(this.#lacking, piece)) {
      clearBit(this.#lacking, piece);
      return;
    }
    this.#place++;
    this.#chosenPieces++;
  }

  #lack(piece: number): void {
    this.#lacking ??= new Uint8Array(Math.ceil(this.#parts.geometry.pieceCount / 8));
    setBit(this.#lacking, piece);
  }

  /** Looks at eight pieces at a time. */
  #findLacking(remote: Uint8Array): number | undefined {
    const lacking = this.#lacking ?? remote.subarray(0, 0);
    let at = this.#lookFrom >> 3;
    for (let left = lacking.length; left > 0; left--) {
      const both = (lacking[at] ?? 0) & (remote[at] ?? 0);
      if (both !== 0) return (this.#lookFrom = 8 * at + Math.clz32(both) - 24);
      if (++at === lacking.length) at = 0;
    }
    this.#looksAtLacking = false;
    return undefined;
  }
}
