// The pieces we have, in memory shared by the coordinator (only writer) and all peer-workers.
//
//   byte 0 …                    one bit a piece, most significant first: the wire order of a bitfield (BEP 3)
//
// A bit is set after the piece's write has returned, with Atomics.or, and before `pieces-had` is sent. It is
// cleared only when a piece is lost on disk, before any message about it.

/** @returns Bytes of a bitfield for `pieceCount` pieces. */
export function bitfieldBytes(pieceCount: number): number {
  return Math.ceil(pieceCount / 8);
}

/** One torrent's piece map over shared (or plain) memory. */
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
