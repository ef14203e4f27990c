import { slowReaderMs } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { closeSession } from "../session/session-end.ts";
import type { Session } from "../session/session.ts";
import { wireBlockBytes } from "./upload-queue.ts";

/** Part of the upload memory that is freed at once. */
const freedShare = 1 / 8;

/**
 * Once a second: while requests wait for memory, closes the peers that have read nothing for the longest, until an eighth
 * of the memory is free.
 */
export function relieveUploads(worker: PeerWorker, nowMs: number): void {
  if (!worker.uploadSchedulers.some(({ isMemoryShort }) => isMemoryShort)) return;
  const { freeBytes, totalBytes } = worker.uploads;
  let missingBytes = freedShare * totalBytes - freeBytes;
  for (const session of slowReaders(worker, nowMs)) {
    if (missingBytes <= 0) return;
    // The connection returns the memory later.
    missingBytes -= session.upload.requestsOut * wireBlockBytes;
    closeSession(session, "not-reading", false);
  }
}

/** The peers that have read nothing for the longest come first. */
function slowReaders({ torrents }: PeerWorker, nowMs: number): Session[] {
  const slow: Session[] = [];
  for (const { sessions } of torrents.values()) {
    for (const session of sessions) {
      const { uploadIfAny: upload, wire } = session;
      if (upload === undefined || upload.batchesOut === 0) continue;
      const isSlow = nowMs - upload.lastTakenAtMs >= slowReaderMs;
      if (isSlow && wire.connection.queuedBytes > 0) slow.push(session);
    }
  }
  return slow.sort((a, b) => a.upload.lastTakenAtMs - b.upload.lastTakenAtMs);
}
