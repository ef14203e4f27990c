// Parts of messages that several BEPs share.

import { writeUint32 } from "../bytes/byte-order.ts";

/** Length prefix and id. @param lengthBytes Length of the id and the payload. @returns The offset of the payload. */
export function writeHead(buffer: Uint8Array, at: number, lengthBytes: number, id: number): number {
  const next = writeUint32(buffer, at, lengthBytes);
  buffer[next] = id;
  return next + 1;
}

/** The place of a block. @returns The offset after 8 bytes. */
export function writePlace(buffer: Uint8Array, at: number, piece: number, begin: number): number {
  return writeUint32(buffer, writeUint32(buffer, at, piece), begin);
}

/** The payload of `request`, `cancel` and `reject`. @returns The offset after 12 bytes. */
export function writeBlockName(
  buffer: Uint8Array,
  at: number,
  piece: number,
  begin: number,
  lengthBytes: number,
): number {
  return writeUint32(buffer, writePlace(buffer, at, piece, begin), lengthBytes);
}
