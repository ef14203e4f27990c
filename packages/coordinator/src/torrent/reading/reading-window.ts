// The pieces that a reader needs next, and when: a window ahead of its place, as long as eight seconds of its pace.

import { pieceAt, pieceStart, type Geometry } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import type { DuePiece } from "../pieces/orders/deadlines.ts";

const windowSeconds = 8;
const mebibyte = 2 ** 20;
const leastWindowBytes = 4 * mebibyte;
const mostWindowBytes = 32 * mebibyte;
/** Small pieces shorten the window. */
const mostWindowPieces = 256;
/** The last piece is due after so many bytes, and after two pieces: the index of a film may be there. */
const endAfterBytes = mebibyte;

/** The bytes that a reader needs next, and how fast it reads. */
interface ReadingNeed {
  /** Positions in the torrent: the next byte, and the one behind the last. */
  readonly place: number;
  readonly end: number;
  readonly paceBytesPerSecond: number;
  /** The last piece of the file, for a reader that has begun at its start. */
  readonly lastPiece: number | undefined;
}

/** @returns The pieces of the window that are not had, each due when the reader gets there, and the last of the file. */
export function dueOf(
  geometry: Geometry,
  { place, end, paceBytesPerSecond, lastPiece }: ReadingNeed,
  isHad: (piece: number) => boolean,
  nowMs: number,
): DuePiece[] {
  if (place >= end) return [];
  const first = pieceAt(geometry, place);
  const windowEnd = Math.min(end, place + windowBytes(paceBytesPerSecond));
  const last = Math.min(pieceAt(geometry, windowEnd - 1), first + mostWindowPieces - 1);
  const due: DuePiece[] = [];
  for (let piece = first; piece <= last; piece++) {
    if (isHad(piece)) continue;
    const aheadBytes = Math.max(0, pieceStart(geometry, piece) - place);
    due.push(dueAt(piece, nowMs + (aheadBytes * 1_000) / paceBytesPerSecond));
  }
  const endAheadBytes = Math.max(endAfterBytes, geometry.pieceLengthBytes + 1);
  if (lastPiece !== undefined && lastPiece > last && !isHad(lastPiece))
    due.push(dueAt(lastPiece, nowMs + (endAheadBytes * 1_000) / paceBytesPerSecond));
  return due;
}

/** The length of the window at a pace. */
function windowBytes(paceBytesPerSecond: number): number {
  const bytes = paceBytesPerSecond * windowSeconds;
  return Math.min(mostWindowBytes, Math.max(leastWindowBytes, bytes));
}

function dueAt(piece: number, atMs: number): DuePiece {
  return { piece: piece as PieceIndex, atMs };
}
