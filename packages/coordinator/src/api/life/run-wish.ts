// Takes the lock of a torrent that is to run, and has the engine start it; run-claim.ts decides. While the disk of the folder
// does not answer, the lock is tried again; a thread that is still in the folder refuses the next attempt at once, so that
// attempts start no further threads there.

import type { Timer, Timers } from "@troupe/actor-runtime";
import type { TorrentFault } from "@troupe/messages";
import type { JobLock } from "../lock/job-lock.ts";
import type { Moves } from "./moves.ts";
import {
  claimAfter,
  isClaimed,
  unclaimed,
  type ClaimEffect,
  type ClaimEvent,
  type LockFacts,
  type Standing,
} from "./run-claim.ts";
import type { TorrentServices } from "../torrent-services.ts";
import { silentDiskCode } from "../../troupe-error.ts";
import type { Wish } from "../../wish.ts";

/** Milliseconds between two attempts. */
const retryAfterMs = 5_000;
/** A restore waits this long for one lock. The torrent starts later then. */
const restoreWithinMs = 1_000;

/** A torrent, as its wish acts on it. */
export interface WishedTorrent {
  readonly services: Pick<TorrentServices, "lock" | "timers">;
  readonly moves: Pick<Moves, "areUnderWay" | "mayBeCutOff" | "settle">;
  /** The error that the user sees. */
  readonly fault: TorrentFault | undefined;
  report(error: Error): void;
  startInEngine(): void;
  saveWish(): void;
}

/** The wish for one torrent, and the claim of this process. */
export class RunWish {
  readonly #torrent: WishedTorrent;
  #standing: Standing = unclaimed;
  #retry: Timer | undefined;

  constructor(torrent: WishedTorrent) {
    this.#torrent = torrent;
  }

  get wish(): Wish {
    return this.#standing.wish;
  }

  /** The torrent is to run, and no error keeps it from running. */
  get isClaimed(): boolean {
    return isClaimed(this.#standing.claim);
  }

  /** The lock could not be taken because the disk does not answer. */
  get waitsForDisk(): boolean {
    const { services, fault } = this.#torrent;
    return !services.lock.isHeld && fault?.code === silentDiskCode;
  }

  /** Starts the torrent for its user, once its lock is held. */
  start(): void {
    this.#dispatch({ event: "start", lock: this.#lockFacts });
  }

  pause(): void {
    this.#dispatch({ event: "pause" });
  }

  /** Stops the torrent for its user. */
  stop(): void {
    this.#dispatch({ event: "stop" });
  }

  /** Ends the claim: the lock is not tried any more. The wish stays. */
  end(): void {
    this.#dispatch({ event: "end" });
  }

  /** Starts a torrent that is to run, after `lock` or after a move. */
  resume(): void {
    this.#dispatch({ event: "resume", lock: this.#lockFacts });
  }

  /** @returns Whether the new engine was told to run it. */
  engineRestarted(): boolean {
    const { isHeld, isMoving } = this.#lockFacts;
    this.#dispatch({ event: "engine-restarted", lock: this.#lockFacts });
    return this.isClaimed && isHeld && !isMoving;
  }

  /** Takes the lock; `resume` follows. @throws TroupeError `already-running`, `disk-not-answering` */
  async lock(): Promise<void> {
    this.#dispatch({ event: "add" });
    await this.#take(this.#standing.attempts);
  }

  /**
   * The same, but waits no longer than a second and not for a disk that does not answer.
   *
   * @throws TroupeError `already-running`
   */
  async lockSoon(): Promise<void> {
    this.#dispatch({ event: "add" });
    const { lock, timers } = this.#torrent.services;
    if (await isTakenSoon(lock, timers)) await this.#settleMoves(this.#standing.attempts);
  }

  get #lockFacts(): LockFacts {
    const { services, moves } = this.#torrent;
    return {
      isHeld: services.lock.isHeld,
      isSettled: !moves.mayBeCutOff,
      isMoving: moves.areUnderWay,
    };
  }

  #dispatch(event: ClaimEvent): void {
    const { standing, effects } = claimAfter(this.#standing, event);
    this.#standing = standing;
    if (standing.claim.state !== "waiting-for-disk") this.#retry?.cancel();
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ClaimEffect): void {
    switch (effect.effect) {
      case "save-wish":
        return this.#torrent.saveWish();
      case "tell-engine":
        return this.#torrent.startInEngine();
      case "take-lock":
        return this.#takeFor(effect.attempt);
      case "retry-later":
        return this.#retryLater(effect.attempt);
      case "report":
        return this.#torrent.report(effect.error);
    }
  }

  #takeFor(attempt: number): void {
    this.#take(attempt).then(
      () => this.#dispatch({ event: "locked", lock: this.#lockFacts }),
      (error: Error) => this.#refused(attempt, error),
    );
  }

  async #take(attempt: number): Promise<void> {
    await this.#torrent.services.lock.take();
    await this.#settleMoves(attempt);
  }

  /** Finishes or undoes a move that was cut off. An error that keeps the torrent from running is told in a later turn. */
  async #settleMoves(attempt: number): Promise<void> {
    const { services, moves } = this.#torrent;
    const failed = (error: unknown): void => this.#refused(attempt, error as Error);
    if (!(await moves.settle(failed))) this.#dispatch({ event: "unsettled", attempt });
    if (!this.isClaimed) await services.lock.release();
  }

  #refused(attempt: number, error: Error): void {
    this.#dispatch({ event: "refused", attempt, error, shown: this.#torrent.fault?.code });
  }

  #retryLater(attempt: number): void {
    // A listener of the error may have started or stopped the torrent.
    const { claim } = this.#standing;
    if (claim.state !== "waiting-for-disk" || claim.attempt !== attempt) return;
    this.#retry = this.#torrent.services.timers.after(retryAfterMs, () => {
      this.#dispatch({ event: "retry", attempt, lock: this.#lockFacts });
    });
  }
}

/** Takes a lock, but waits no longer than a second. @returns False when the disk does not answer. */
async function isTakenSoon(lock: JobLock, timers: Pick<Timers, "after">): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = timers.after(restoreWithinMs, () => late.resolve(false));
  const taken = lock.take().then(
    () => true,
    (error: Error & { readonly code?: string }) => {
      if (error.code === silentDiskCode) return false;
      throw error;
    },
  );
  return await Promise.race([taken, late.promise]).finally(() => timer.cancel());
}
