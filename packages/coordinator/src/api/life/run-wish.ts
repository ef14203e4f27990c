// Carries out the decisions of run-claim.ts: takes the lock of a torrent, and has the engine start it. While a thread is stuck
// in the folder, an attempt is refused at once and starts no thread.

import { codeOf, settlesWithin, type Timer } from "@troupe/actor-runtime";
import type { TorrentFault } from "@troupe/messages";
import { silentDiskCode } from "../../silent-disk.ts";
import type { Wish } from "../../wish.ts";
import type { TorrentServices } from "../torrent-services.ts";
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

/** Between two attempts. */
const retryAfterMs = 5_000;
/** A restore waits no longer for a lock. */
const restoreWithinMs = 1_000;

/** A torrent, as its wish acts on it. */
interface WishedTorrent {
  readonly services: Pick<TorrentServices, "lock" | "timers">;
  readonly moves: Pick<Moves, "areUnderWay" | "mayBeCutOff" | "settle">;
  /** The error that the user sees. */
  readonly fault: TorrentFault | undefined;
  report(error: Error): void;
  startInEngine(): void;
  saveWish(): void;
}

/** The wish for a torrent, and its claim. */
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

  get isClaimed(): boolean {
    return isClaimed(this.#standing.claim);
  }

  get waitsForDisk(): boolean {
    const { services, fault } = this.#torrent;
    return !services.lock.isHeld && fault?.code === silentDiskCode;
  }

  send(event: "start" | "pause" | "stop" | "resume" | "end"): void {
    this.#dispatch({ event, lock: this.#lockFacts });
  }

  /** @returns Whether the new engine runs the torrent. */
  engineRestarted(): boolean {
    const lock = this.#lockFacts;
    this.#dispatch({ event: "engine-restarted", lock });
    return this.isClaimed && lock.isHeld && !lock.isMoving;
  }

  /** Takes the lock; `resume` follows. @throws TroupeError `already-running`, `disk-not-answering` */
  async lock(): Promise<void> {
    this.#dispatch({ event: "add" });
    await this.#take(this.#standing.attempts);
  }

  /** `lock`, but waits 1 s at most. @throws TroupeError `already-running` */
  async lockSoon(): Promise<void> {
    this.#dispatch({ event: "add" });
    const { lock, timers } = this.#torrent.services;
    const taken = lock.take().then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) === silentDiskCode) return false;
        throw error;
      },
    );
    if ((await settlesWithin(timers, restoreWithinMs, taken)) && (await taken)) {
      await this.#settleMoves(this.#standing.attempts);
    }
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
