// Requests under a rate limit: each takes the bytes of its block, which return when the block does not come.

import { blockLength, blockLengthBytes } from "@troupe/protocol";

import type { SessionWithContent } from "../session/session.ts";

/** @returns How many of the wanted blocks may be requested now; for the others the peer waits for its turn. */
export function allowedBlocks(session: SessionWithContent, wanted: number): number {
  const { rateLimits } = session.worker;
  if (rateLimits === undefined) return wanted;
  const bytes = rateLimits.down.allow(session, wanted * blockLengthBytes);
  return Math.floor(bytes / blockLengthBytes);
}

/** The block will not come, or not in time. @param number As the torrent numbers its blocks. */
export function giveBackBlock(session: SessionWithContent, number: number): void {
  const { content, worker } = session;
  if (worker.rateLimits === undefined) return;
  const { geometry, padding } = content;
  const piece = content.pieceOfBlock(number);
  const block = content.blockInPiece(number);
  const begin = piece * geometry.pieceLengthBytes + block * blockLengthBytes;
  const bytes = padding.dataBytes(begin, blockLength(geometry, piece, block));
  worker.rateLimits.down.giveBack(session, bytes);
}
