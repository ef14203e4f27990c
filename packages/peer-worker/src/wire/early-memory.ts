// The memory of what peers have shown before the metadata, with the parts of their messages that have come.

import { maxEarlyHaveBytes } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { closeSession, dropEarlyHaves } from "../session/session-end.ts";
import type { Session } from "../session/session.ts";

const keptTooMuch = "kept-too-much";

/** Call it after input. Beyond a bound the peer is closed, or the peer that keeps most. */
export function countEarlyMemory(session: Session): void {
  const { features, wire, worker } = session;
  if (wire.phase === "closed") return;
  const bytes = (features.earlyIfAny?.haves?.sizeBytes ?? 0) + wire.reader.bufferedBytes;
  if (bytes !== earlyBytesOf(session)) {
    worker.earlyMemory.takeAnyway(bytes - features.early.bytes);
    features.early.bytes = bytes;
  }
  if (bytes > maxEarlyHaveBytes) giveUpEarly(session);
  while (worker.earlyMemory.isOver) giveUpEarly(largestKeeper(worker, session));
}

/** Closes without a fault: the peer is dialled again when the metadata is known. */
function giveUpEarly(session: Session): void {
  dropEarlyHaves(session);
  if (session.wire.isReading) session.wire.requestClose(keptTooMuch);
  else closeSession(session, keptTooMuch, false);
}

/** The peer that takes the most memory from others. */
function largestKeeper(worker: PeerWorker, first: Session): Session {
  let largest = first;
  for (const { sessions } of worker.torrents.values()) {
    for (const session of sessions)
      if (earlyBytesOf(session) > earlyBytesOf(largest)) largest = session;
  }
  return largest;
}

function earlyBytesOf({ features }: Session): number {
  return features.earlyIfAny?.bytes ?? 0;
}
