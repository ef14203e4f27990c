// Blocks of pieces with a deadline go before all others. Near the deadline a block may be requested of a second peer.

import type { PeerRowIndex } from "@troupe/messages";

import { blockLengthBytes } from "@troupe/protocol/units";

import { doubleAheadMs, dueDoublingGainMs } from "../../limits.ts";
import type { SessionWithContent } from "../../session/session.ts";
import { drainMs } from "./drain-time.ts";

/** Requests up to `limit` blocks of due pieces. @returns The number of blocks. */
export function requestDeadlineBlocks(
  session: SessionWithContent,
  limit: number,
  nowMs: number,
): number {
  const { due, picker, torrent } = session.content;
  if (due.isEmpty) return 0;
  const serviceMs = serviceTimeMs(session, nowMs);
  const taken = picker.pickDue(session, limit, nowMs, {
    arrivesAtMs: nowMs + serviceMs,
    faster: () => fasterPeer(session, serviceMs, nowMs),
  });
  if (taken === limit) return taken;
  const doubled = picker.doubleDue(
    session,
    limit - taken,
    nowMs,
    nowMs + doubleAheadMs,
    (owing: PeerRowIndex) => {
      const other = torrent.sessionAt(owing);
      return other !== undefined && drainMs(other, nowMs) > serviceMs + dueDoublingGainMs;
    },
  );
  return taken + doubled;
}

/** @returns The peer that would send a block soonest, if that is clearly sooner than this peer. */
function fasterPeer(
  session: SessionWithContent,
  serviceMs: number,
  nowMs: number,
): { readonly peer: SessionWithContent; readonly blocks: number } | undefined {
  let best: SessionWithContent | undefined;
  let bestMs = serviceMs - dueDoublingGainMs;
  for (const other of session.content.sessions) {
    if (other === session || !other.mayRequest(nowMs)) continue;
    const otherMs = serviceTimeMs(other, nowMs);
    if (otherMs >= bestMs) continue;
    best = other;
    bestMs = otherMs;
  }
  if (best === undefined) return undefined;
  const soonerBytes = ((serviceMs - bestMs) * best.downBytesPerSecond) / 1_000;
  // The rate of a peer that has just begun is unknown.
  const blocks = soonerBytes === 0 ? Infinity : Math.ceil(soonerBytes / blockLengthBytes);
  return { peer: best, blocks };
}

/** Time until the block of a new request arrives. */
export function serviceTimeMs(session: SessionWithContent, nowMs: number): number {
  return drainMs(session, nowMs) + session.times.roundTripMs;
}
