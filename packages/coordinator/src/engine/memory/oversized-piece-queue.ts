// Requests that wait for the memory of the oversized piece, first come, first served.

import type { LeaseId, PieceWanted, TorrentId } from "@troupe/messages";
import type { JobWithContent } from "../../torrent/torrent-job.ts";
import type { PeerWorkerHandle } from "../base/peer-worker-handle.ts";

/** A holder that has received nothing for this long gives way. */
const standstillMs = 60_000;

/** A `pieces-wanted` that is not answered yet. */
interface WaitingRequest {
  readonly job: JobWithContent;
  readonly peerWorker: PeerWorkerHandle;
  readonly wanted: readonly PieceWanted[];
}

/** At most one request of each torrent and worker. */
export class OversizedPieceQueue {
  readonly #waiting = new Map<string, WaitingRequest>();
  #progress:
    | { readonly lease: LeaseId; readonly bytes: number; readonly sinceMs: number }
    | undefined;

  get first(): WaitingRequest | undefined {
    return this.#waiting.values().next().value;
  }

  add(question: WaitingRequest): void {
    this.#waiting.set(keyOf(question.job.id, question.peerWorker.index), question);
  }

  shift(): WaitingRequest | undefined {
    const { first } = this;
    if (first !== undefined) this.#waiting.delete(keyOf(first.job.id, first.peerWorker.index));
    return first;
  }

  forgetWorker(worker: number): void {
    this.#forget(({ peerWorker }) => peerWorker.index === worker);
  }

  forgetTorrent(torrent: TorrentId): void {
    this.#forget(({ job }) => job.id === torrent);
  }

  /** Whether a request waits besides that of the holder for the same torrent. */
  hasOthers(torrent: TorrentId, worker: number): boolean {
    const holder = keyOf(torrent, worker);
    return this.#waiting.size > (this.#waiting.has(holder) ? 1 : 0);
  }

  /**
   * @param bytes Received by the holder so far. @returns whether that has not grown for a minute; then the minute
   * starts again.
   */
  checkStandstill(lease: LeaseId, bytes: number, nowMs: number): boolean {
    if (this.#progress?.lease !== lease || this.#progress.bytes !== bytes) {
      this.#progress = { lease, bytes, sinceMs: nowMs };
    }
    if (nowMs - this.#progress.sinceMs < standstillMs) return false;
    this.#progress = undefined;
    return true;
  }

  #forget(isGone: (question: WaitingRequest) => boolean): void {
    for (const [key, question] of this.#waiting) {
      if (isGone(question)) this.#waiting.delete(key);
    }
  }
}

function keyOf(torrent: TorrentId, worker: number): string {
  return `${torrent}/${worker}`;
}
