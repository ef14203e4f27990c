// Requests under a rate limit. Each request takes the bytes of its block; the bytes return when the block does not
// come.

import { blockLength, pieceStart } from "@troupe/protocol/metainfo";
import { blockLengthBytes } from "@troupe/protocol/units";

import type { SessionWithContent } from "../session/session.ts";

/** @returns How many of the wanted blocks may be requested now; for the others the peer waits for its turn. */
export function allowedBlocks(session: SessionWithContent, wanted: number): number {
  const { rateLimits } = session.worker;
  if (rateLimits === undefined) return wanted;
  const bytes = rateLimits.down.allow(session, wanted * blockLengthBytes);
  return Math.floor(bytes / blockLengthBytes);
}

/**
 * Gives back the bytes of a block that does not come, or not in time. @param number The block's number in the torrent.
 */
export function giveBackBlock(session: SessionWithContent, number: number): void {
  const { content, worker } = session;
  if (worker.rateLimits === undefined) return;
  const { geometry, padding } = content;
  const piece = content.pieceOfBlock(number);
  const block = content.blockInPiece(number);
  const begin = pieceStart(geometry, piece) + block * blockLengthBytes;
  const bytes = padding.dataBytes(begin, blockLength(geometry, piece, block));
  worker.rateLimits.down.giveBack(session, bytes);
}
