// The wish of a user that a torrent runs, and the attempts to take its lock. While the disk of its folder does not answer
// the lock is tried again; a thread that is still in the folder refuses the next attempt at once, so that attempts start
// no further threads there:
//
//   holding ──5 s without an answer──► error ──5 s──► holding ──the disk answers──► the torrent starts
//                                        ▲               │
//                                        └──no answer────┘

import type { Timers } from "@troupe/actor-runtime";
import type { TorrentFault } from "@troupe/messages";
import type { JobLock } from "./job-lock.ts";
import type { Moves } from "./moves.ts";
import type { TorrentServices } from "./torrent-services.ts";

/** Milliseconds between two attempts. */
const retryAfterMs = 5_000;
/** A restore waits this long for one lock. The torrent starts later then. */
const restoreWithinMs = 1_000;

const silentCode = "disk-not-answering";

/** A torrent that is to run. */
export interface WishedTorrent {
  readonly services: () => Pick<TorrentServices, "lock" | "timers">;
  readonly moves: Pick<Moves, "areUnderWay" | "mayBeCutOff" | "settle">;
  /** Its error. */
  readonly fault: () => TorrentFault | undefined;
  /** Gives it an error, and `unset` with it. */
  readonly fail: (error: Error) => void;
  /** Has the engine start it. */
  readonly start: () => void;
}

/** Whether a torrent is to run. */
export class RunWish {
  readonly #torrent: WishedTorrent;
  #isSet = false;
  /** The attempt that is under way or due. Aborted by the next one, and with the wish. */
  #attempt = new AbortController();

  constructor(torrent: WishedTorrent) {
    this.#torrent = torrent;
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  /** The lock is held, and the engine may start the torrent. */
  get mayBeTold(): boolean {
    const { services, moves } = this.#torrent;
    return this.#isSet && services().lock.isHeld && !moves.areUnderWay;
  }

  /** The lock could not be taken because the disk does not answer. */
  get waitsForDisk(): boolean {
    const { services, fault } = this.#torrent;
    return !services().lock.isHeld && fault()?.code === silentCode;
  }

  /** The torrent is not to run any more, and no lock is tried. */
  unset(): void {
    this.#attempt.abort();
    this.#isSet = false;
  }

  /** Takes the lock, unless it is held, and starts. @param isRetry An error that was told is not told again. */
  run(isRetry = false): void {
    const { services, moves, start } = this.#torrent;
    this.#set();
    if (moves.areUnderWay) return;
    if (services().lock.isHeld && !moves.mayBeCutOff) return start();
    const held = this.hold(isRetry);
    const { signal } = this.#attempt;
    held.then(
      () => {
        if (this.mayBeTold) start();
      },
      (error: Error) => this.#failed(error, signal, isRetry),
    );
  }

  /** Takes the lock. @throws TroupeError `already-running`, `disk-not-answering` */
  async hold(isRetry = false): Promise<void> {
    this.#set();
    await this.#torrent.services().lock.take();
    await this.#settleMoves(isRetry);
  }

  /**
   * The same, but waits no longer than a second and not for a disk that does not answer: `run` follows.
   *
   * @throws TroupeError `already-running`
   */
  async holdSoon(): Promise<void> {
    this.#set();
    const { lock, timers } = this.#torrent.services();
    if (await isTakenSoon(lock, timers)) await this.#settleMoves(false);
  }

  #set(): void {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    this.#isSet = true;
  }

  /** Finishes or undoes a move that was cut off. An error that keeps the torrent from running is told in a later turn. */
  async #settleMoves(isRetry: boolean): Promise<void> {
    const { services, moves } = this.#torrent;
    const { signal } = this.#attempt;
    const failed = (error: unknown): void => this.#failed(error as Error, signal, isRetry);
    if (!(await moves.settle(failed))) this.#isSet = false;
    if (!this.#isSet) await services().lock.release();
  }

  /** @param signal Aborted when another attempt began meanwhile, or the torrent is not to run any more. */
  #failed(error: Error & { readonly code?: string }, signal: AbortSignal, isRetry: boolean): void {
    if (signal.aborted) return;
    const { services, fault, fail } = this.#torrent;
    if (isRetry && error.code === fault()?.code) this.#isSet = false;
    else fail(error);
    if (error.code !== silentCode) return;
    this.#attempt = new AbortController();
    const timer = services().timers.after(retryAfterMs, () => this.run(true));
    this.#attempt.signal.addEventListener("abort", () => timer.cancel(), { once: true });
  }
}

/** Takes a lock, but waits no longer than a second. @returns False when the disk does not answer. */
async function isTakenSoon(lock: JobLock, timers: Pick<Timers, "after">): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = timers.after(restoreWithinMs, () => late.resolve(false));
  const taken = lock.take().then(
    () => true,
    (error: Error & { readonly code?: string }) => {
      if (error.code === silentCode) return false;
      throw error;
    },
  );
  return await Promise.race([taken, late.promise]).finally(() => timer.cancel());
}
