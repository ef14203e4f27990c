// https://www.bittorrent.org/beps/bep_0003.html "peer messages": writes messages into a caller's memory.
//
//   0   4   length of the rest, big-endian; 0 is a keep-alive
//   4   1   id
//   5   …   payload
//
// Lengths on the wire include the length prefix.

import { writeUint16, writeUint32 } from "../bytes/byte-order.ts";
import { writeBlockName, writeHead, writePlace } from "./write-message.ts";

/** 9 is of BEP 5, 20 of BEP 10; `FastMessageId` has those of BEP 6. */
export const MessageId = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  notInterested: 3,
  have: 4,
  bitfield: 5,
  request: 6,
  piece: 7,
  cancel: 8,
  port: 9,
  extended: 20,
} as const;

/** Bytes on the wire. */
export const keepAliveBytes = 4;
/** `choke`, `unchoke`, `interested`, `not interested`. */
export const stateMessageBytes = 5;
/** Bytes on the wire. */
export const haveBytes = 9;
/** Bytes on the wire. */
export const requestBytes = 17;
/** Bytes on the wire. */
export const cancelBytes = 17;
/** Bytes on the wire. */
export const portBytes = 7;
/** Length prefix, id, piece, begin. */
export const blockHeaderBytes = 13;
/** A `bitfield` message up to its bits. */
export const bitfieldHeaderBytes = 5;

/** @returns The offset after 4 bytes. */
export function writeKeepAlive(buffer: Uint8Array, at: number): number {
  return writeUint32(buffer, at, 0);
}

/** @returns The offset after 5 bytes. */
export function writeChoke(buffer: Uint8Array, at: number): number {
  return writeHead(buffer, at, 1, MessageId.choke);
}

/** @returns The offset after 5 bytes. */
export function writeUnchoke(buffer: Uint8Array, at: number): number {
  return writeHead(buffer, at, 1, MessageId.unchoke);
}

/** @returns The offset after 5 bytes. */
export function writeInterested(buffer: Uint8Array, at: number): number {
  return writeHead(buffer, at, 1, MessageId.interested);
}

/** @returns The offset after 5 bytes. */
export function writeNotInterested(buffer: Uint8Array, at: number): number {
  return writeHead(buffer, at, 1, MessageId.notInterested);
}

/** @returns The offset after 9 bytes. */
export function writeHave(buffer: Uint8Array, at: number, piece: number): number {
  return writeUint32(buffer, writeHead(buffer, at, 5, MessageId.have), piece);
}

/** @returns The offset after 17 bytes. */
export function writeRequest(
  buffer: Uint8Array,
  at: number,
  piece: number,
  begin: number,
  lengthBytes: number,
): number {
  const next = writeHead(buffer, at, 13, MessageId.request);
  return writeBlockName(buffer, next, piece, begin, lengthBytes);
}

/** @returns The offset after 17 bytes. */
export function writeCancel(
  buffer: Uint8Array,
  at: number,
  piece: number,
  begin: number,
  lengthBytes: number,
): number {
  const next = writeHead(buffer, at, 13, MessageId.cancel);
  return writeBlockName(buffer, next, piece, begin, lengthBytes);
}

/** The DHT port (BEP 5). @returns The offset after 7 bytes. */
export function writePort(buffer: Uint8Array, at: number, port: number): number {
  return writeUint16(buffer, writeHead(buffer, at, 3, MessageId.port), port);
}

/**
 * Writes 13 bytes.
 *
 * @returns The offset of the block, `lengthBytes` long.
 */
export function writeBlockHeader(
  buffer: Uint8Array,
  at: number,
  piece: number,
  begin: number,
  lengthBytes: number,
): number {
  return writePlace(buffer, writeHead(buffer, at, 9 + lengthBytes, MessageId.piece), piece, begin);
}

/** @param bits Wire order; copied. @returns The offset after 5 bytes and `bits`. */
export function writeBitfield(buffer: Uint8Array, at: number, bits: Uint8Array): number {
  const next = writeHead(buffer, at, 1 + bits.length, MessageId.bitfield);
  buffer.set(bits, next);
  return next + bits.length;
}
