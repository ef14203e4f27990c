import { PeerStep } from "@troupe/messages";

import { tickParoles, refill } from "./download/downloads.ts";
import { returnUnservableLeases } from "./download/leases.ts";
import { takeSlowBlocks } from "./download/slow-blocks.ts";
import { relieveMemory } from "./memory/memory-pressure.ts";
import { shareMemory } from "./memory/memory-share.ts";
import type { PeerWorker } from "./peer-worker.ts";
import { suggestToPeers } from "./session/fast/suggest-pieces.ts";
import type { Session } from "./session/session.ts";
import { tickSession } from "./times/timeouts.ts";
import type { TorrentContent } from "./torrent.ts";
import { relieveUploads } from "./upload/upload-pressure.ts";

/** Checks all torrents, peers and memory once a second. */
export function tick(worker: PeerWorker): void {
  const nowMs = worker.nowMs();
  for (const { usedContent: content, sessions } of worker.torrents.values()) {
    content?.down.read(nowMs);
    if (sessions.size > 0) for (const session of sessions) tickPeer(session, nowMs);
    if (content !== undefined) tickContent(content, nowMs);
  }
  shareMemory(worker, nowMs);
  worker.turnEnd.wakeLater();
  relieveMemory(worker, nowMs);
  worker.memoryQueue.tick();
  relieveUploads(worker, nowMs);
  for (const scheduler of worker.uploadSchedulers) scheduler.tick();
  worker.hashRequests.tick(nowMs);
}

function tickContent(content: TorrentContent, nowMs: number): void {
  tickParoles(content, nowMs);
  takeSlowBlocks(content, nowMs);
  returnUnservableLeases(content, nowMs);
  content.demand.tick(nowMs);
  suggestToPeers(content, nowMs);
}

function tickPeer(session: Session, nowMs: number): void {
  session.leaveBreadcrumb(PeerStep.tick);
  tickSession(session, nowMs);
  session.worker.context.breadcrumb.fill(0);
}

/** Lets every peer request blocks. Torrents that wait for memory come first, in queue order. */
export function refillAll(worker: PeerWorker): void {
  const nowMs = worker.nowMs();
  const served = worker.memoryQueue.shareOut(nowMs, (content) => refillTorrent(content, nowMs));
  for (const content of worker.contents()) {
    if (!served.has(content)) refillTorrent(content, nowMs);
  }
}

/** Snubbed peers get the rest. */
function refillTorrent({ sessions }: TorrentContent, nowMs: number): void {
  let hasSnubbed = false;
  for (const session of sessions) {
    if (session.isSnubbed) hasSnubbed = true;
    else refill(session, nowMs);
  }
  if (!hasSnubbed) return;
  for (const session of sessions) {
    if (session.isSnubbed) refill(session, nowMs);
  }
}
