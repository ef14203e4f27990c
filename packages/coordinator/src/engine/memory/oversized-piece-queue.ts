// Who waits for the one oversized piece to end: questions that are answered as soon as its memory is free, first come,
// first served. And whether its holder has come to a standstill, since others wait for it.

import type { LeaseId, PieceWanted, TorrentId } from "@troupe/messages";
import type { JobWithContent } from "../../torrent/torrent-job.ts";
import type { PeerWorkerHandle } from "../base/peer-worker-handle.ts";

/** A holder that has got nothing for so long gives way. */
export const standstillMs = 60_000;

/** A `pieces-wanted` that is not answered yet. */
export interface WaitingRequest {
  readonly job: JobWithContent;
  readonly peerWorker: PeerWorkerHandle;
  readonly wanted: readonly PieceWanted[];
}

/** The questions that wait: one of each torrent and worker at most, as workers ask. */
export class OversizedPieceQueue {
  readonly #waiting = new Map<string, WaitingRequest>();
  #progress:
    | { readonly lease: LeaseId; readonly bytes: number; readonly sinceMs: number }
    | undefined;

  /** The one that is answered next. */
  get first(): WaitingRequest | undefined {
    return this.#waiting.values().next().value;
  }

  add(question: WaitingRequest): void {
    this.#waiting.set(keyOf(question.job.id, question.peerWorker.index), question);
  }

  /** Takes the first one out. */
  shift(): WaitingRequest | undefined {
    const { first } = this;
    if (first !== undefined) this.#waiting.delete(keyOf(first.job.id, first.peerWorker.index));
    return first;
  }

  /** The worker is gone and its questions with it. */
  forgetWorker(worker: number): void {
    this.#forget(({ peerWorker }) => peerWorker.index === worker);
  }

  /** The torrent is closed and nobody waits for an answer about it. */
  forgetTorrent(torrent: TorrentId): void {
    this.#forget(({ job }) => job.id === torrent);
  }

  /** Whether anybody waits besides the worker that holds the piece, for the same torrent. */
  hasOthers(torrent: TorrentId, worker: number): boolean {
    const holder = keyOf(torrent, worker);
    return this.#waiting.size > (this.#waiting.has(holder) ? 1 : 0);
  }

  /** @param bytes What its holder has got so far. @returns whether that has not grown for a minute; then it begins anew. */
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
