// https://www.bittorrent.org/beps/bep_0006.html: messages 13 to 17, and the pieces that a choked peer may request.
//
//   0   4   length of the rest, big-endian
//   4   1   id
//   5   …   have-all, have-none: nothing; allowed-fast, suggest: piece; reject: piece, begin, length

import { packAddress } from "../address/packed-address.ts";
import { readUint32, writeUint32 } from "../bytes/byte-order.ts";
import { sha1 } from "../bytes/sha1.ts";
import { type InfoHash, type PieceIndex, infoHashToBytes } from "../units.ts";
import { writeBlockName, writeHead } from "./write-message.ts";

/** Ids of the messages of BEP 6. */
export const FastMessageId = {
  suggest: 13,
  haveAll: 14,
  haveNone: 15,
  reject: 16,
  allowedFast: 17,
} as const;

/** Bytes on the wire: `have-all` and `have-none`. */
export const haveAllBytes = 5;
/** Bytes on the wire. */
export const rejectBytes = 17;
/** Bytes on the wire. */
export const allowedFastBytes = 9;
/** Bytes on the wire. */
export const suggestBytes = 9;

const addressBytes = 4;
const wordBytes = 4;

/** @returns The offset after 5 bytes. */
export function writeHaveAll(buffer: Uint8Array, at: number): number {
  return writeHead(buffer, at, 1, FastMessageId.haveAll);
}

/** @returns The offset after 5 bytes. */
export function writeHaveNone(buffer: Uint8Array, at: number): number {
  return writeHead(buffer, at, 1, FastMessageId.haveNone);
}

/** The numbers of the rejected request. @returns The offset after 17 bytes. */
export function writeReject(
  buffer: Uint8Array,
  at: number,
  piece: number,
  begin: number,
  lengthBytes: number,
): number {
  const next = writeHead(buffer, at, 13, FastMessageId.reject);
  return writeBlockName(buffer, next, piece, begin, lengthBytes);
}

/** @returns The offset after 9 bytes. */
export function writeAllowedFast(buffer: Uint8Array, at: number, piece: number): number {
  return writeUint32(buffer, writeHead(buffer, at, 5, FastMessageId.allowedFast), piece);
}

/** @returns The offset after 9 bytes. */
export function writeSuggest(buffer: Uint8Array, at: number, piece: number): number {
  return writeUint32(buffer, writeHead(buffer, at, 5, FastMessageId.suggest), piece);
}

/**
 * The pieces that a peer may request while choked: the same from every client. Addresses of a /24 share a set.
 *
 * @param host The peer's address.
 * @param count Pieces of the set; of a torrent with fewer pieces all are in it.
 * @returns In the order of their choice; empty for IPv6, for which BEP 6 has no rule.
 */
export function allowedFastSet(
  infoHash: InfoHash,
  host: string,
  pieceCount: number,
  count: number,
): PieceIndex[] {
  const address = packAddress(host);
  if (address?.length !== addressBytes) return [];
  const network = [...address.subarray(0, addressBytes - 1), 0];
  let digest: Uint8Array = Uint8Array.of(...network, ...infoHashToBytes(infoHash));
  const size = Math.min(count, pieceCount);
  const set = new Set<PieceIndex>();
  while (set.size < size) {
    digest = sha1(digest);
    for (let at = 0; at < digest.length && set.size < size; at += wordBytes)
      set.add((readUint32(digest, at) % pieceCount) as PieceIndex);
  }
  return [...set];
}
