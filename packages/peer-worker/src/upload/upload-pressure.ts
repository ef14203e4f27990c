import { slowReaderMs } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { closeSession } from "../session/session-end.ts";
import type { Session } from "../session/session.ts";

/** Once a second: while requests wait for memory, closes the peer that has read nothing for the longest. */
export function relieveUploads(worker: PeerWorker, nowMs: number): void {
  if (!worker.uploadSchedulers.some(({ isMemoryShort }) => isMemoryShort)) return;
  let slowest: Session | undefined;
  for (const { sessions } of worker.torrents.values()) {
    for (const session of sessions) {
      const { uploads, stream } = session;
      if (uploads.batchesOut === 0 || stream.queuedBytes === 0) continue;
      if (nowMs - uploads.lastTakenAtMs < slowReaderMs) continue;
      if (slowest === undefined || uploads.lastTakenAtMs < slowest.uploads.lastTakenAtMs) {
        slowest = session;
      }
    }
  }
  if (slowest !== undefined) closeSession(slowest, "not-reading", false);
}
