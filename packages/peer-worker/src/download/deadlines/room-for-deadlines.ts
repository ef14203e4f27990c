// Makes room for pieces that are due sooner than a request queue drains: requests before them are cancelled.

import { blockLengthBytes } from "@troupe/protocol/units";

import type { SessionWithContent } from "../../session/session.ts";
import type { TorrentContent } from "../../torrent.ts";
import { cancelRequestsIn, refill } from "../downloads.ts";
import { serviceTimeMs } from "./deadline-blocks.ts";
import { makeMemoryForDeadlines } from "./memory-for-deadlines.ts";

/**
 * Lets peers request late due blocks at once, the fastest peers first, as many as these blocks need. Called when
 * deadlines are set and when due pieces are leased. A web seed keeps its ranges, which are long.
 */
export function makeRoomForDeadlines(content: TorrentContent, nowMs: number): void {
  if (content.due.isEmpty) return;
  makeMemoryForDeadlines(content);
  const fastestFirst = [...content.sessions]
    .filter((session) => !session.identity.isWebSeed && session.mayRequest(nowMs))
    .toSorted((one, other) => other.downBytesPerSecond - one.downBytesPerSecond);
  for (const session of fastestFirst) {
    const lateMs = nowMs + serviceTimeMs(session, nowMs);
    const free = freeLateBlocks(session, lateMs);
    const end = free > 0 ? session.download.requests.length : lastLateRequest(session, lateMs);
    const range = { first: sentCount(session), end };
    const cancelled = cancelRequestsIn(session, range, nowMs, (piece) => !content.due.has(piece));
    const hasRoom = mayRefill(session);
    if (free > 0 || cancelled > 0) refill(session, nowMs);
    // No memory is free for the pieces, or a rate limit is used up: other peers could not request the blocks either.
    if (hasRoom && free > 0 && freeLateBlocks(session, lateMs) === free) return;
  }
}

/** Whether the request queue has room; a queue of due blocks alone keeps all its requests and has none. */
function mayRefill({ blocksOut, download: { pipeline } }: SessionWithContent): boolean {
  return pipeline.target - blocksOut >= pipeline.refillStep;
}

/** Requests that a peer is about to send, or has sent: those of a round trip, and one. */
function sentCount({ downBytesPerSecond, times }: SessionWithContent): number {
  return Math.ceil((downBytesPerSecond * times.roundTripMs) / 1_000 / blockLengthBytes) + 1;
}

/** Blocks that are due before `lateMs`, that this peer has and no peer was asked for. */
function freeLateBlocks(session: SessionWithContent, lateMs: number): number {
  const { due, leases } = session.content;
  let blocks = 0;
  for (const [piece, atMs] of due.entries()) {
    if (atMs > lateMs) break;
    if (!session.mayAskFor(piece)) continue;
    blocks += leases.open.get(piece)?.freeCount ?? leases.waiting.get(piece)?.blockCount ?? 0;
  }
  return blocks;
}

/** @returns The position of the last request for a block that is due before `lateMs`, or −1. */
function lastLateRequest({ content, download }: SessionWithContent, lateMs: number): number {
  const { requests } = download;
  for (let index = requests.length - 1; index >= 0; index--) {
    const atMs = content.due.atMs(content.pieceOfBlock(requests.blockAt(index)));
    if (atMs !== undefined && atMs <= lateMs) return index;
  }
  return -1;
}
