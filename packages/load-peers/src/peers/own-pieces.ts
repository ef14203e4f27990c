import { countBits, fullBitfield, hasBit, setBit } from "@troupe/protocol/peer";
import { scrambled } from "./scrambled.ts";

/** The bitfields of no and of all pieces of a torrent, which the peers of a group share. */
export interface SharedBits {
  readonly none: Uint8Array;
  readonly full: Uint8Array;
  readonly pieceCount: number;
}

/** @returns The shared bitfields of a torrent. */
export function sharedBits(pieceCount: number): SharedBits {
  const full = fullBitfield(pieceCount);
  return { none: new Uint8Array(full.length), full, pieceCount };
}

/** The pieces of one side of a connection: a shared bitfield until a piece makes it differ. */
export class PieceSet {
  readonly #shared: SharedBits;
  #bits: Uint8Array;
  #count: number;

  constructor(shared: SharedBits, bits: Uint8Array = shared.none) {
    this.#shared = shared;
    this.#bits = bits;
    this.#count = this.#counted(bits);
  }

  /** In wire order; not to be written to. */
  get bits(): Uint8Array {
    return this.#bits;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.#shared.pieceCount;
  }

  has(piece: number): boolean {
    return hasBit(this.#bits, piece);
  }

  /** @returns Whether the piece is new. */
  add(piece: number): boolean {
    if (this.has(piece)) return false;
    const { none, full } = this.#shared;
    if (this.#bits === none) this.#bits = new Uint8Array(none.length);
    setBit(this.#bits, piece);
    this.#count++;
    if (this.isFull) this.#bits = full;
    return true;
  }

  /** @param bits Lent; copied if they are not those of no or all pieces. */
  replace(bits: Uint8Array): void {
    this.#count = countBits(bits);
    const { none, full } = this.#shared;
    if (this.isFull) this.#bits = full;
    else this.#bits = this.#count === 0 ? none : new Uint8Array(bits);
  }

  #counted(bits: Uint8Array): number {
    if (bits === this.#shared.none) return 0;
    return bits === this.#shared.full ? this.#shared.pieceCount : countBits(bits);
  }
}

/** @returns Bits of a share of all pieces, 0 to 1, drawn from a seed. */
export function drawnBits(shared: SharedBits, share: number, seed: number): Uint8Array {
  if (share <= 0) return shared.none;
  if (share >= 1) return shared.full;
  const bits = new Uint8Array(shared.none.length);
  const limit = share * 2 ** 32;
  for (let piece = 0; piece < shared.pieceCount; piece++)
    if (scrambled(seed + piece) < limit) setBit(bits, piece);
  return bits;
}
