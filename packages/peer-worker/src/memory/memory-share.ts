// Shares scarce memory for requests in proportion: otherwise the first peers to ask would hold all of it.

import { blockLengthBytes } from "@troupe/protocol/units";

import type { PeerWorker } from "../peer-worker.ts";

/** Share of the download memory; pieces being hashed and written use the rest. */
const requestShare = 0.5;

/** Once a second: gives each peer its share of the requests that fit into memory. */
export function shareMemory(worker: PeerWorker, nowMs: number): void {
  let totalTarget = 0;
  for (const { sessions } of worker.torrents.values()) {
    // An iterator of each empty set would be most of the work of a thousand idle torrents.
    if (sessions.size === 0) continue;
    for (const session of sessions) {
      if (session.mayRequest(nowMs)) totalTarget += session.pipeline.unsharedTarget;
    }
  }
  const maxBlocks = (worker.downloads.totalBytes * requestShare) / blockLengthBytes;
  const share = Math.min(1, maxBlocks / Math.max(1, totalTarget));
  for (const { sessions } of worker.torrents.values()) {
    if (sessions.size === 0) continue;
    for (const session of sessions) session.shareMemory(share);
  }
}
