import { blockLengthBytes } from "@troupe/protocol/units";

import type { Session } from "../../session/session.ts";

/** Assumed drain time of a peer of unknown speed. */
const unknownDrainMs = 1_000;

/** Estimated time for the owed blocks, by the peer's rate or its silence. */
export function drainMs(session: Session, nowMs: number): number {
  const out = session.blocksOut;
  if (out === 0) return 0;
  const silentMs = nowMs - progressAtMs(session);
  const rate = session.downBytesPerSecond;
  if (rate === 0) return Math.max(silentMs, out * unknownDrainMs);
  return Math.max(silentMs, (out * blockLengthBytes * 1_000) / rate);
}

/** Time of the last block, or of the first request after the peer owed nothing. */
export function progressAtMs(session: Session): number {
  const { downloadIfAny: download, times } = session;
  if (download === undefined || download.requests.length === 0) return times.lastBlockAtMs;
  return Math.max(times.lastBlockAtMs, download.requests.timeMsAt(0));
}
