// Requests of a peer that are read and sent together.
//
//   the extent of a batch in the upload region, as it goes over the wire:
//
//   [13 header][block][13 header][block] … [13 header][block]
//
// The headers are written before the read: they record the requests. The file-worker fills the blocks, and a single write
// sends the batch. The extent stays untouched from the read until the stream has released it.

import { pushRun } from "@troupe/messages";
import { readUint32 } from "@troupe/protocol/bytes";
import { pieceStart } from "@troupe/protocol/metainfo";
import { blockHeaderBytes, writeBlockHeader } from "@troupe/protocol/peer";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

import { PiecesInMemory } from "./pieces-in-memory.ts";
import type { ReadablePieces } from "./upload-queue.ts";
import type { SessionWithContent } from "../session/session.ts";

/** A batch that is read or sent. */
export interface Batch {
  readonly session: SessionWithContent;
  /** Offset of its extent in the slab. */
  readonly offset: number;
  readonly requests: number;
  /** Bytes of the blocks, without headers. */
  readonly lengthBytes: number;
}

/** A request, as the header of its block records it. */
export interface BatchedRequest {
  /** Offset of the header in the slab. */
  readonly offset: number;
  readonly piece: number;
  readonly begin: number;
  readonly lengthBytes: number;
}

/**
 * Moves the first requests of a peer into an extent.
 *
 * @param runs The packed runs to read; adjacent blocks become a run.
 */
export function fillBatch(
  slab: Uint8Array,
  session: SessionWithContent,
  requests: number,
  offset: number,
  runs: number[],
): Batch {
  const { content, torrent, upload } = session;
  const { geometry } = content;
  let at = offset;
  let lengthBytes = 0;
  let run = { torrent: torrent.id, position: 0, lengthBytes: 0, offset };
  for (let taken = 0; taken < requests; taken++) {
    const { piece, begin, firstBytes } = upload;
    const position = pieceStart(geometry, piece) + begin;
    // Only the last block of a run may be shorter.
    const isNext =
      position === run.position + run.lengthBytes && run.lengthBytes % blockLengthBytes === 0;
    if (!isNext || taken === 0) {
      if (taken > 0) pushRun(runs, run);
      run = { torrent: torrent.id, position, lengthBytes: 0, offset: at };
    }
    const readBytes = Math.min(firstBytes, geometry.totalBytes - position);
    run.lengthBytes += readBytes;
    lengthBytes += firstBytes;
    at = writeBlockHeader(slab, at, piece, begin, firstBytes) + firstBytes;
    // Padding behind the last byte.
    if (readBytes < firstBytes) slab.fill(0, at - firstBytes + readBytes, at);
    upload.removeFirst();
  }
  pushRun(runs, run);
  return { session, offset, requests, lengthBytes };
}

/** Bytes of the batch with its headers. */
export function imageBytes({ lengthBytes, requests }: Batch): number {
  return lengthBytes + requests * blockHeaderBytes;
}

/** Whether the batch has blocks of such pieces only. */
export function isOfPieces(slab: Uint8Array, batch: Batch, pieces: ReadablePieces): boolean {
  let at = batch.offset;
  for (let seen = 0; seen < batch.requests; seen++) {
    if (!pieces.has(readUint32(slab, at + 5))) return false;
    at += 4 + readUint32(slab, at);
  }
  return true;
}

/** @returns The requests of a batch whose extent has not been freed, in order. */
export function requestsOf(slab: Uint8Array, batch: Batch): BatchedRequest[] {
  const requests: BatchedRequest[] = [];
  for (let at = batch.offset; requests.length < batch.requests;) {
    const lengthBytes = readUint32(slab, at) - 9;
    const [piece, begin] = [readUint32(slab, at + 5), readUint32(slab, at + 9)];
    requests.push({ offset: at, piece, begin, lengthBytes });
    at += blockHeaderBytes + lengthBytes;
  }
  return requests;
}

/** The pieces of the batch are in memory now: a slow disk has read them. */
export function noteInMemory(slab: Uint8Array, batch: Batch, nowMs: number): void {
  const { content, rowIndex } = batch.session;
  content.piecesInMemory ??= new PiecesInMemory();
  for (const { piece } of requestsOf(slab, batch))
    content.piecesInMemory.note(piece as PieceIndex, rowIndex, nowMs);
}
