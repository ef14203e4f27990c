// The memory of open pieces, which blocks are written to.

import type { FrameSink } from "@troupe/protocol/frames";
import type { PieceIndex } from "@troupe/protocol/units";
import { pieceLength, type Plan } from "./plan.ts";

/** One extent a piece; reports whole pieces. Other messages of a peer are ignored. */
export class ExtentSink implements FrameSink {
  readonly blockMemory: Uint8Array;
  isUnchoked = false;
  /** Requested blocks that have not arrived; the caller counts up. */
  requestsOut = 0;
  readonly #plan: Plan;
  readonly #sealed: (piece: number, extent: number) => void;
  /** Extent of each piece; −1: the piece is not open. */
  readonly #extents: Int32Array;
  readonly #missingBytes: Int32Array;

  constructor(
    plan: Plan,
    slab: SharedArrayBuffer,
    sealed: (piece: number, extent: number) => void,
  ) {
    const pieceCount = Math.ceil(plan.totalBytes / plan.pieceLengthBytes);
    this.blockMemory = new Uint8Array(slab);
    this.#plan = plan;
    this.#sealed = sealed;
    this.#extents = new Int32Array(pieceCount).fill(-1);
    this.#missingBytes = new Int32Array(pieceCount);
  }

  /** Blocks of `piece` go to `extent` from now on. */
  open(piece: number, extent: number): void {
    this.#extents[piece] = extent;
    this.#missingBytes[piece] = pieceLength(this.#plan, piece);
  }

  blockStarts(piece: PieceIndex, begin: number): number {
    const extent = this.#extents[piece] ?? -1;
    return extent < 0 ? -1 : extent * this.#plan.pieceLengthBytes + begin;
  }

  blockEnds(piece: PieceIndex, _begin: number, lengthBytes: number): void {
    this.requestsOut--;
    const left = (this.#missingBytes[piece] ?? 0) - lengthBytes;
    this.#missingBytes[piece] = left;
    if (left > 0) return;
    this.#sealed(piece, this.#extents[piece] ?? -1);
    this.#extents[piece] = -1;
  }

  unchoke(): void {
    this.isUnchoked = true;
  }

  choke(): void {
    this.isUnchoked = false;
  }

  keepAlive(): void {}
  interested(): void {}
  notInterested(): void {}
  have(): void {}
  bitfield(): void {}
  request(): void {}
  cancel(): void {}
  port(): void {}
  haveAll(): void {}
  haveNone(): void {}
  suggest(): void {}
  allowedFast(): void {}
  reject(): void {}
  extended(): void {}
  unknown(): void {}
}
