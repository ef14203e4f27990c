// Shares scarce memory for requests in proportion to demand and weight: otherwise the first peers to ask would hold all of it.

import { blockLengthBytes } from "@troupe/protocol/units";

import type { PeerWorker } from "../peer-worker.ts";
import { WeightedParts } from "./weighted-parts.ts";

/** Share of the download memory; pieces being hashed and written use the rest. */
const requestShare = 0.5;

/** Once a second: gives each peer its share of the requests that fit into memory. */
export function shareMemory(worker: PeerWorker, nowMs: number): void {
  const parts = new WeightedParts();
  for (const { sessions, weight } of worker.torrents.values()) {
    // An iterator of each empty set would be most of the work of a thousand idle torrents.
    if (sessions.size === 0) continue;
    let target = 0;
    for (const session of sessions)
      if (session.mayRequest(nowMs)) target += session.download.pipeline.unsharedTarget;
    parts.add(weight, target);
  }
  const maxBlocks = (worker.downloads.totalBytes * requestShare) / blockLengthBytes;
  const shareOf = parts.divide(maxBlocks);
  for (const { sessions, weight } of worker.torrents.values()) {
    if (sessions.size === 0) continue;
    const share = shareOf(weight);
    for (const session of sessions) session.downloadIfAny?.pipeline.setShare(share);
  }
}
