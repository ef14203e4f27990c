// The first piece with a deadline gets memory at once: the least complete piece without a deadline gives up its own.

import { pieceLength } from "@troupe/protocol/metainfo";

import type { TorrentContent } from "../../torrent.ts";
import { returnLease } from "../leases.ts";
import type { PieceInProgress } from "../piece-in-progress.ts";
import type { WaitingLease } from "../waiting-leases.ts";

/** Pieces that give up their memory at a time: extents of other sizes may lie between. */
const mostGivenUp = 2;

/** Frees memory for the first due piece, if it is leased and finds none. Bytes of a given-up piece count as wasted. */
export function makeMemoryForDeadlines(content: TorrentContent): void {
  const first = firstWaiting(content);
  if (first === undefined || first.lease.ownMemory !== undefined) return;
  const { downloads } = content.worker;
  const wantedBytes = downloads.extentBytes(pieceLength(content.geometry, first.lease.piece));
  for (let count = 0; count < mostGivenUp && downloads.freeBytes < wantedBytes; count++) {
    const least = leastComplete(content);
    if (least === undefined) return;
    returnLease(content, least.piece, false);
  }
}

/** The earliest due piece that is not had, if its lease waits for memory. */
function firstWaiting({ due, leases }: TorrentContent): WaitingLease | undefined {
  for (const [piece] of due.entries()) {
    const waiting = leases.waiting.get(piece);
    if (waiting !== undefined) return waiting;
    if (leases.has(piece)) return undefined;
  }
  return undefined;
}

function leastComplete({ due, leases }: TorrentContent): PieceInProgress | undefined {
  let least: PieceInProgress | undefined;
  let leastShare = Infinity;
  for (const piece of leases.open.values()) {
    // Blocks that were requested may come after a cancel, and would be wasted too.
    const share = 1 - piece.freeCount / piece.blockCount;
    if (due.has(piece.piece) || piece.place.extentBytes === 0 || share >= leastShare) continue;
    least = piece;
    leastShare = share;
  }
  return least;
}
