// Bit sets in wire order: piece 0 is the most significant bit of byte 0 (BEP 3, "peer messages", bitfield).

import { ProtocolError } from "../errors.ts";

/**
 * @param bytes Lent; the result is a copy.
 * @throws {ProtocolError} `bitfield-wrong-length`, or `bitfield-spare-bits` when a bit after the last piece is set.
 */
export function decodeBitfield(bytes: Uint8Array, pieceCount: number): Uint8Array {
  checkBitfield(bytes, pieceCount);
  // Not `bytes.slice`: a Buffer's slice would share the lent memory.
  return new Uint8Array(bytes);
}

/**
 * Checks a bitfield like {@link decodeBitfield}, without a copy.
 *
 * @throws {ProtocolError} `bitfield-wrong-length` or `bitfield-spare-bits`.
 */
export function checkBitfield(bytes: Uint8Array, pieceCount: number): void {
  const allowedBytes = Math.ceil(pieceCount / 8);
  if (bytes.length !== allowedBytes) {
    throw new ProtocolError("bitfield-wrong-length", {
      operation: "decode-bitfield",
      message: `cannot read a bitfield of ${bytes.length} bytes: ${pieceCount} pieces take ${allowedBytes}`,
      details: { lengthBytes: bytes.length, allowedBytes, pieceCount },
    });
  }
  const spareBits = allowedBytes * 8 - pieceCount;
  const lastByte = bytes[allowedBytes - 1] ?? 0;
  if ((lastByte & ((1 << spareBits) - 1)) !== 0) {
    throw new ProtocolError("bitfield-spare-bits", {
      operation: "decode-bitfield",
      message: `cannot read a bitfield with a bit set after piece ${pieceCount - 1}: the last byte is ${lastByte}`,
      details: { lastByte, spareBits, pieceCount },
    });
  }
}

/** @returns The bitfield of a seed. */
export function fullBitfield(pieceCount: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pieceCount / 8)).fill(0xff);
  const spareBits = bits.length * 8 - pieceCount;
  bits[bits.length - 1] = (0xff << spareBits) & 0xff;
  return bits;
}

/** @returns Number of set bits. */
export function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) {
    let bits = byte - ((byte >> 1) & 0x55);
    bits = (bits & 0x33) + ((bits >> 2) & 0x33);
    count += (bits + (bits >> 4)) & 0x0f;
  }
  return count;
}

/** @returns Whether bit `index` is set; false after the end. */
export function hasBit(bytes: Uint8Array, index: number): boolean {
  return ((bytes[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

/** `index` is inside `bytes`. Plain store: one writer. */
export function setBit(bytes: Uint8Array, index: number): void {
  bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (0x80 >> (index & 7));
}

/** `index` is inside `bytes`. Plain store: one writer. */
export function clearBit(bytes: Uint8Array, index: number): void {
  bytes[index >> 3] = (bytes[index >> 3] ?? 0) & ~(0x80 >> (index & 7));
}
