// The check of a run of pieces against their hashes: the same code in a thread of the check pool and inline.

import type { Disk, FileStat } from "@troupe/actor-runtime";
import { RunReader } from "./run-reader.ts";

/** Bytes of a SHA-1. */
const digestBytes = 20;

/** What a check needs of a disk: files opened for reading without following a link at the last step. */
export interface CheckDisk extends Pick<Disk, "open" | "close" | "read"> {
  statFile(file: number): Pick<FileStat, "kind" | "lengthBytes">;
}

/** SHA-1 in one step and in several. */
export interface PieceHasher {
  /** @returns 20 bytes. */
  digest(bytes: Uint8Array): Uint8Array;
  begin(): { update(bytes: Uint8Array): void; digest(): Uint8Array };
}

/** Bytes of one file that belong to a run. */
export interface CheckSpan {
  /** Absolute; undefined for padding, whose bytes are zeros. */
  readonly path: string | undefined;
  readonly fileOffset: number;
  readonly lengthBytes: number;
}

/** Consecutive pieces of one torrent. */
export interface CheckRun {
  /** The bytes of the run, in order and without gaps. */
  readonly spans: readonly CheckSpan[];
  /** All pieces of the run have this length but the last, which may be shorter. */
  readonly pieceLengthBytes: number;
  readonly lengthBytes: number;
  /** 20 bytes a piece. */
  readonly hashes: Uint8Array;
}

/** What was found. */
export interface CheckedRun {
  /** One byte a piece: 1 = its bytes are there and have the hash. */
  readonly verdicts: Uint8Array;
  /** Files that are there and cannot be read, with the system's code; 16 at most. A missing file is not among them. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
}

/**
 * Checks one run. Blocks for as long as the disk and the hash take. A piece with missing bytes fails unread.
 *
 * @param buffer Memory to read into, overwritten. Pieces longer than it are hashed in parts.
 */
export function checkRun(
  disk: CheckDisk,
  hasher: PieceHasher,
  run: CheckRun,
  buffer: Uint8Array,
): CheckedRun {
  const reader = new RunReader(disk, run);
  try {
    if (run.pieceLengthBytes > buffer.byteLength) checkLongPieces(reader, hasher, run, buffer);
    else checkShortPieces(reader, hasher, run, buffer);
  } finally {
    reader.close();
  }
  return { verdicts: reader.verdicts, unreadable: reader.unreadable };
}

/** As many whole pieces in one read as the buffer takes. */
function checkShortPieces(
  reader: RunReader,
  hasher: PieceHasher,
  { pieceLengthBytes, lengthBytes, hashes }: CheckRun,
  buffer: Uint8Array,
): void {
  const { verdicts } = reader;
  const chunkBytes = Math.floor(buffer.byteLength / pieceLengthBytes) * pieceLengthBytes;
  for (let start = 0; start < lengthBytes; start += chunkBytes) {
    const chunk = buffer.subarray(0, Math.min(chunkBytes, lengthBytes - start));
    reader.read(start, chunk);
    for (let at = 0; at < chunk.byteLength; at += pieceLengthBytes) {
      const piece = (start + at) / pieceLengthBytes;
      if (verdicts[piece] === 0) continue;
      const digest = hasher.digest(chunk.subarray(at, at + pieceLengthBytes));
      verdicts[piece] = hasHash(hashes, piece, digest) ? 1 : 0;
    }
  }
}

/** One piece in several reads. */
function checkLongPieces(
  reader: RunReader,
  hasher: PieceHasher,
  { pieceLengthBytes, lengthBytes, hashes }: CheckRun,
  buffer: Uint8Array,
): void {
  const { verdicts } = reader;
  for (let piece = 0; piece < verdicts.length; piece += 1) {
    const end = Math.min((piece + 1) * pieceLengthBytes, lengthBytes);
    const hash = hasher.begin();
    let at = piece * pieceLengthBytes;
    while (at < end && verdicts[piece] === 1) {
      const part = buffer.subarray(0, Math.min(buffer.byteLength, end - at));
      reader.read(at, part);
      hash.update(part);
      at += part.byteLength;
    }
    if (verdicts[piece] === 1) verdicts[piece] = hasHash(hashes, piece, hash.digest()) ? 1 : 0;
  }
}

function hasHash(hashes: Uint8Array, piece: number, digest: Uint8Array): boolean {
  const start = piece * digestBytes;
  for (let at = 0; at < digestBytes; at += 1) {
    if (hashes[start + at] !== digest[at]) return false;
  }
  return true;
}
