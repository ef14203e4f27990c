// Requests by the thousand, each for another byte of the first piece.

import { requestBytes, writeRequest } from "@troupe/protocol/peer";

const pieceBytes = 32_768;

/** @returns The messages for bytes `from` to `from + count`, as they arrive in one chunk. */
export function encodeRequests(from: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * requestBytes);
  let at = 0;
  for (let i = 0; i < count; i++) at = writeRequest(bytes, at, 0, (from + i) % pieceBytes, 1);
  return bytes;
}
