// Messages as a misbehaving peer writes them: any id, any length, any numbers.

import { writeUint32 } from "@troupe/protocol/bytes";
import { MessageId } from "@troupe/protocol/peer";

/** A message whose length fits what is in it. */
export function frame(id: number, ...parts: readonly (number | Uint8Array)[]): Uint8Array {
  const lengthBytes = parts.reduce<number>(
    (sum, part) => sum + (typeof part === "number" ? 4 : part.length),
    1,
  );
  return Buffer.concat([frameHead(lengthBytes, id), ...parts.map(bytesOf)]);
}

/** Prefix and id of a message, whatever follows. */
export function frameHead(lengthBytes: number, id: number): Uint8Array {
  return Buffer.concat([uint32(lengthBytes), Uint8Array.of(id)]);
}

/** A number as four bytes, the highest first. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeUint32(bytes, 0, value);
  return bytes;
}

/** The message repeated many times, to be sent in one go. */
export function many(count: number, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(count * message.length);
  for (let at = 0; at < bytes.length; at += message.length) bytes.set(message, at);
  return bytes;
}

/** A message of no bytes. */
export const keepAlive: Uint8Array = new Uint8Array(4);
/** The message `choke`. */
export const choke: Uint8Array = frame(MessageId.choke);
/** The message `unchoke`. */
export const unchoke: Uint8Array = frame(MessageId.unchoke);
/** The message `interested`. */
export const interested: Uint8Array = frame(MessageId.interested);
/** The message `not interested`. */
export const notInterested: Uint8Array = frame(MessageId.notInterested);

/** The message `have`, of any piece. */
export function have(piece: number): Uint8Array {
  return frame(MessageId.have, piece);
}

/** The message `request`, of any block. */
export function request(piece: number, begin: number, lengthBytes: number): Uint8Array {
  return frame(MessageId.request, piece, begin, lengthBytes);
}

/** The message `cancel`, of any block. */
export function cancel(piece: number, begin: number, lengthBytes: number): Uint8Array {
  return frame(MessageId.cancel, piece, begin, lengthBytes);
}

/** The message `piece`, with any bytes. */
export function block(piece: number, begin: number, bytes: Uint8Array): Uint8Array {
  return frame(MessageId.piece, piece, begin, bytes);
}

/** The bitfield of a seed. */
export function wholeBitfield(pieceCount: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pieceCount / 8)).fill(0xff);
  const spareBits = 8 * bits.length - pieceCount;
  bits[bits.length - 1] = (0xff << spareBits) & 0xff;
  return frame(MessageId.bitfield, bits);
}

/** @param id 0 is the extension handshake (BEP 10). */
export function extended(id: number, payload: Uint8Array | string): Uint8Array {
  return frame(MessageId.extended, Uint8Array.of(id), Buffer.from(payload));
}

function bytesOf(part: number | Uint8Array): Uint8Array {
  return typeof part === "number" ? uint32(part) : part;
}
