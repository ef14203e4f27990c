// Who waits for the one large piece to end: questions that are answered as soon as its memory is free, first come,
// first served. And whether its holder has come to a standstill, since others wait for it.

import type { LeaseId, PieceWanted, TorrentId } from "@troupe/messages";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import type { PeerWorkerSeat } from "./peer-worker-seat.ts";

/** A holder that has got nothing for so long gives way. */
export const standstillMs = 60_000;

/** A `pieces-wanted` that is not answered yet. */
export interface WaitingQuestion {
  readonly job: TorrentJob;
  readonly seat: PeerWorkerSeat;
  readonly wanted: readonly PieceWanted[];
}

/** The questions that wait: one of each torrent and worker at most, as workers ask. */
export class BigPieceQueue {
  readonly #waiting = new Map<string, WaitingQuestion>();
  #seen: { readonly lease: LeaseId; readonly bytes: number; readonly sinceMs: number } | undefined;

  /** The one that is answered next. */
  get first(): WaitingQuestion | undefined {
    return this.#waiting.values().next().value;
  }

  hold(question: WaitingQuestion): void {
    this.#waiting.set(keyOf(question.job.id, question.seat.index), question);
  }

  /** Takes the first one out. */
  shift(): WaitingQuestion | undefined {
    const { first } = this;
    if (first !== undefined) this.#waiting.delete(keyOf(first.job.id, first.seat.index));
    return first;
  }

  /** The worker is gone and its questions with it. */
  forgetWorker(worker: number): void {
    this.#forget(({ seat }) => seat.index === worker);
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
  isAtStandstill(lease: LeaseId, bytes: number, nowMs: number): boolean {
    if (this.#seen?.lease !== lease || this.#seen.bytes !== bytes) {
      this.#seen = { lease, bytes, sinceMs: nowMs };
    }
    if (nowMs - this.#seen.sinceMs < standstillMs) return false;
    this.#seen = undefined;
    return true;
  }

  #forget(isGone: (question: WaitingQuestion) => boolean): void {
    for (const [key, question] of this.#waiting) {
      if (isGone(question)) this.#waiting.delete(key);
    }
  }
}

function keyOf(torrent: TorrentId, worker: number): string {
  return `${torrent}/${worker}`;
}
