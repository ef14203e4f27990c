// Endgame: an idle peer gets a block that another peer sends byte by byte.

import { PeerField } from "@troupe/messages";

import { minDoublingGainMs } from "../limits.ts";
import { hasContent, type Session, type SessionWithContent } from "../session/session.ts";
import type { TorrentContent } from "../torrent.ts";
import { abandonBlock, refill } from "./downloads.ts";
import type { PieceInProgress } from "./piece-in-progress.ts";

/**
 * Once a second. Discards what has come of a block if its sender needs clearly longer for the rest than an idle peer needs for
 * the whole block, and requests the block from that peer. A block of a piece on parole stays with its sender.
 */
export function takeSlowBlocks(content: TorrentContent, nowMs: number): void {
  if (!content.demand.isEndgame || content.worker.notices.isBlocked) return;
  for (const sender of content.sessions) {
    const piece = sender.downloadIfAny?.receivingIn;
    if (piece === undefined || sender.identity.isWebSeed || sender.wire.isReadingPaused) continue;
    const leftMs = restMs(sender, piece, nowMs);
    if (leftMs <= minDoublingGainMs) continue;
    const taker = idlePeerFor(content, piece, nowMs);
    if (taker === undefined || leftMs - taker.times.roundTripMs <= minDoublingGainMs) continue;
    abandonBlock(sender);
    refill(taker, nowMs);
  }
}

/** Time for the rest of the arriving block, at its pace until now; 0 while the pace is unknown. */
function restMs({ download, wire }: Session, piece: PieceInProgress, nowMs: number): number {
  const passedMs = nowMs - download.receivingSinceMs;
  if (passedMs < minDoublingGainMs) return 0;
  const { blockBytesReceived } = wire.reader;
  const restBytes = piece.blockLengthBytes(download.receivingBlock) - blockBytesReceived;
  return (passedMs * restBytes) / blockBytesReceived;
}

/** The peer that has given most, of the peers that have given payload and owe no block. */
function idlePeerFor(
  { leases, sessions }: TorrentContent,
  { piece }: PieceInProgress,
  nowMs: number,
): SessionWithContent | undefined {
  let best: SessionWithContent | undefined;
  let mostBytes = 0;
  for (const session of sessions) {
    const givenBytes = session.row.field(PeerField.downloadedBytes);
    if (givenBytes <= mostBytes || session.blocksOut > 0 || !hasContent(session)) continue;
    if (!session.mayRequest(nowMs) || !session.mayAskFor(piece)) continue;
    if (!leases.mayRequestFrom(session.rowIndex, piece)) continue;
    best = session;
    mostBytes = givenBytes;
  }
  return best;
}
