// Pieces that were never fetched: nothing of them is on the disk, or only the zeros of a file that was made longer.

import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { FileMap, FileSpan } from "@troupe/protocol/metainfo";
import type { TorrentPort } from "../engine-port.ts";

const zeros = Buffer.alloc(262_144);
/** The open of a pipe must not wait for a writer. */
const readAtOnce = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

interface FailedPieces {
  /** Ascending. */
  readonly failedPieces: readonly number[];
  readonly map: FileMap;
  readonly signal: AbortSignal;
}

/**
 * @returns The failed pieces of which the files have no byte other than zero. A file that cannot be read has none.
 * @throws rejects with the reason of `signal` when it aborts.
 */
export async function findMissing(
  files: TorrentPort["files"],
  { failedPieces, map, signal }: FailedPieces,
): Promise<ReadonlySet<number>> {
  const missing = new Set(failedPieces);
  for (const [index, file] of files.entries()) {
    const pieces = within(failedPieces, file.pieceRange).filter((piece) => missing.has(piece));
    if (file.isPadding || pieces.length === 0) continue;
    // One file is open at a time, and is read in order. oxlint-disable-next-line no-await-in-loop
    await using handle = await openFile(file.path);
    if (handle === undefined) continue;
    for (const piece of pieces) {
      signal.throwIfAborted();
      const span = map.sharedSpan(index, piece);
      // oxlint-disable-next-line no-await-in-loop
      if (span !== undefined && (await hasBytes(handle, span))) missing.delete(piece);
    }
  }
  return missing;
}

/** @param pieces Ascending. @returns The pieces in the range, both ends included. */
function within(
  pieces: readonly number[],
  range: readonly [first: number, last: number] | undefined,
): readonly number[] {
  if (range === undefined) return [];
  const [first, last] = range;
  return pieces.slice(countBelow(pieces, first), countBelow(pieces, last + 1));
}

/** A torrent may have many files and many failures. */
function countBelow(pieces: readonly number[], piece: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle] ?? 0) < piece) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  const handle = await open(path, readAtOnce).catch(() => undefined);
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

/** Whether the bytes have one other than zero. */
async function hasBytes(file: FileHandle, { fileOffset, lengthBytes }: FileSpan): Promise<boolean> {
  const chunk = Buffer.allocUnsafe(Math.min(zeros.length, lengthBytes));
  const to = fileOffset + lengthBytes;
  for (let at = fileOffset; at < to;) {
    const length = Math.min(chunk.length, to - at);
    // oxlint-disable-next-line no-await-in-loop
    const { bytesRead } = await file.read(chunk, 0, length, at).catch(() => ({ bytesRead: 0 }));
    if (bytesRead === 0) return false;
    if (!chunk.subarray(0, bytesRead).equals(zeros.subarray(0, bytesRead))) return true;
    at += bytesRead;
  }
  return false;
}
