// The pieces had, in memory that only the engine writes and all peer-workers read.
//
//   byte 0 …                    one bit a piece, most significant first: the wire order of a bitfield (BEP 3)
//
// Atomics.or sets a bit after the piece's write has returned and before `pieces-had` is sent. A bit is cleared only
// when a piece is lost on disk, before any message about the loss.

/** @returns Bytes of a bitfield for `pieceCount` pieces. */
export function bitfieldBytes(pieceCount: number): number {
  return Math.ceil(pieceCount / 8);
}

/** Over shared (or plain) memory. */
export class PieceMap {
  readonly memory: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly pieceCount: number;

  constructor(pieceCount: number, memory?: SharedArrayBuffer) {
    this.pieceCount = pieceCount;
    this.memory = memory ?? new SharedArrayBuffer(Math.max(1, bitfieldBytes(pieceCount)));
    this.bytes = new Uint8Array(this.memory);
  }

  has(piece: number): boolean {
    return ((this.bytes[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
  }

  set(piece: number): void {
    Atomics.or(this.bytes, piece >> 3, 0x80 >> (piece & 7));
  }

  clear(piece: number): void {
    Atomics.and(this.bytes, piece >> 3, ~(0x80 >> (piece & 7)) & 0xff);
  }

  /** A copy in wire order, spare bits zero. */
  snapshot(): Uint8Array {
    return this.bytes.slice(0, bitfieldBytes(this.pieceCount));
  }
}
