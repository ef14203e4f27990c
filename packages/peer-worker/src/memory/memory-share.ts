// Memory for requested blocks, shared in proportion when short: otherwise the first peers to ask would hold all of it,
// and the others would wait for their blocks.

import { blockLengthBytes } from "@troupe/protocol";

import { mayRequest } from "../download/downloads.ts";
import type { PeerWorker } from "../peer-worker.ts";

/** Share of the download memory for requests; pieces being hashed and written use the rest. */
const requestShare = 0.5;

/** Gives each peer its share of the request queues that fit into memory. Call it once a second. */
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
