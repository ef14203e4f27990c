// https://www.bittorrent.org/beps/bep_0054.html: `lt_donthave`, an extended message that takes a piece back.
//
//   0   4   length of the rest, big-endian
//   4   1   20
//   5   1   the receiver's id of the extension
//   6   4   piece

import { readUint32, writeUint32 } from "../bytes/byte-order.ts";
import { pieceOutOfRange, wrongLength } from "../frames/frame-faults.ts";
import { maxPieces } from "../metainfo/geometry.ts";
import type { PieceIndex } from "../units.ts";
import { MessageId } from "./bep-03-peer-messages.ts";
import { writeHead } from "./write-message.ts";

/** Its key in `m` (BEP 10). */
export const dontHaveName = "lt_donthave";

const prefixBytes = 4;
const idsBytes = 2;
const pieceBytes = 4;

/** @param id The receiver's id of the extension. @returns The whole message. */
export function encodeDontHave(id: number, piece: number): Uint8Array {
  const message = new Uint8Array(prefixBytes + idsBytes + pieceBytes);
  const at = writeHead(message, 0, idsBytes + pieceBytes, MessageId.extended);
  message[at] = id;
  writeUint32(message, at + 1, piece);
  return message;
}

/**
 * @param payload After the ids. Read during the call only.
 * @param pieceCount Pieces of the torrent; without its metadata those of any torrent.
 * @throws {ProtocolError} `frame-wrong-length` or `piece-out-of-range`.
 */
export function decodeDontHave(payload: Uint8Array, pieceCount: number = maxPieces): PieceIndex {
  if (payload.length !== pieceBytes)
    throw wrongLength(MessageId.extended, idsBytes + payload.length, idsBytes + pieceBytes);
  const piece = readUint32(payload, 0);
  if (piece >= pieceCount) throw pieceOutOfRange(piece, pieceCount);
  return piece as PieceIndex;
}
