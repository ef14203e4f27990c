// Bytes that mean nothing.

import { randomBytes } from "node:crypto";

/** Random bytes, the first of which begins no handshake. */
export function meaninglessBytes(lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(randomBytes(lengthBytes));
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}
