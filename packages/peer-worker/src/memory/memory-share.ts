// Memory for blocks that peers owe us, shared in proportion when it is not enough for all: otherwise the first peers
// to ask would hold all of it, and the others would wait for their blocks.

import { blockLengthBytes } from "@troupe/protocol";

import { mayRequest } from "../download/downloads.ts";
import type { PeerWorker } from "../peer-worker.ts";

/** Share of the download memory that requests may hold: the rest is for what is being hashed and written. */
const requestShare = 0.5;

/** Gives each peer its part of the request queues that memory can hold. To be called once a second. */
export function shareMemory(worker: PeerWorker): void {
  let totalTarget = 0;
  for (const torrent of worker.torrents.values()) {
    for (const session of torrent.sessions) {
      if (mayRequest(session)) totalTarget += session.pipeline.unsharedTarget;
    }
  }
  const maxBlocks = (worker.downloads.totalBytes * requestShare) / blockLengthBytes;
  const share = Math.min(1, maxBlocks / Math.max(1, totalTarget));
  for (const torrent of worker.torrents.values()) {
    for (const session of torrent.sessions) session.pipeline.setShare(share);
  }
}
