// Whether the engine may run a torrent: its user wants it to run, this process holds its lock, and no move is under way.
//
//   stopped   start → started, locking, held; add → held
//   held      start, resume → started, locking; unsettled move → stopped, waiting
//   locking   locked → started; refused → stopped, waiting
//   waiting   start, 5 s → started, locking, held
//   started   start, resume → started, locking, held
//   each      stop, end → stopped; add → held
//
// While a thread is stuck in the folder, an attempt to lock it is refused at once and starts no thread.

import { codeOf, settlesWithin, type Timer } from "@troupe/actor-runtime";
import type { TorrentFault } from "@troupe/messages";
import { silentDiskCode } from "../../silent-disk.ts";
import { noWish, type Wish } from "../../wish.ts";
import type { TorrentServices } from "../torrent-services.ts";
import type { Moves } from "./moves.ts";

/** Between two attempts. */
const retryAfterMs = 5_000;
/** A restore waits no longer for a lock. */
const restoreWithinMs = 1_000;

/** Each attempt to lock is a value of its own: an attempt that another value has replaced changes nothing. */
type Permit =
  /** By the user, or after an error. */
  | { readonly state: "stopped" }
  /** Until the end of a move, or of `add`. */
  | { readonly state: "held" }
  /** `isRetry`: the user's present error is not reported again. */
  | { readonly state: "locking"; readonly isRetry: boolean }
  /** The disk of the lock does not answer. */
  | { readonly state: "waiting"; readonly retry: Timer }
  /** The engine has the order to start the torrent. */
  | { readonly state: "started" };

/** A torrent, as its permit acts on it. */
interface PermittedTorrent {
  readonly services: Pick<TorrentServices, "lock" | "timers">;
  readonly moves: Pick<Moves, "areUnderWay" | "mayBeCutOff" | "settle">;
  /** The error that the user sees. */
  readonly fault: TorrentFault | undefined;
  report(error: Error): void;
  startInEngine(): void;
  saveWish(): void;
}

/** The wish for a torrent, and the permit that follows from it. */
export class StartPermit {
  readonly #torrent: PermittedTorrent;
  #wish: Wish = noWish;
  #permit: Permit = { state: "stopped" };

  constructor(torrent: PermittedTorrent) {
    this.#torrent = torrent;
  }

  get wish(): Wish {
    return this.#wish;
  }

  /** The user wants the torrent to run, and no error prevents it. */
  get isSought(): boolean {
    return this.#permit.state !== "stopped" && this.#permit.state !== "waiting";
  }

  get waitsForDisk(): boolean {
    const { services, fault } = this.#torrent;
    return !services.lock.isHeld && fault?.code === silentDiskCode;
  }

  start(): void {
    const isNews = !this.#wish.run;
    this.#wish = { run: true, paused: false };
    if (isNews) this.#torrent.saveWish();
    this.#begin();
  }

  pause(): void {
    this.#wish = { ...this.#wish, paused: true };
  }

  stop(): void {
    const isNews = this.#wish.run;
    this.#wish = noWish;
    this.end();
    if (isNews) this.#torrent.saveWish();
  }

  /** The torrent was removed, or has failed: the wish stays. */
  end(): void {
    this.#become({ state: "stopped" });
  }

  /** After `lock`, and after a move. */
  resume(): void {
    if (this.isSought) this.#begin();
  }

  /** @returns Whether the new engine runs the torrent. */
  engineRestarted(): boolean {
    const mayRun = this.#mayRun;
    if (mayRun) this.#tellEngine();
    return mayRun;
  }

  /** Takes the lock of an added torrent; `resume` follows. @throws TroupeError `already-running`, `disk-not-answering` */
  async lock(): Promise<void> {
    await this.#take(this.#hold());
  }

  /** `lock`, but waits 1 s at most. @throws TroupeError `already-running` */
  async lockSoon(): Promise<void> {
    const held = this.#hold();
    const { lock, timers } = this.#torrent.services;
    const taken = lock.take().then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) === silentDiskCode) return false;
        throw error;
      },
    );
    if ((await settlesWithin(timers, restoreWithinMs, taken)) && (await taken)) {
      await this.#settleMoves(held);
    }
  }

  get #mayRun(): boolean {
    const { services, moves } = this.#torrent;
    return this.isSought && services.lock.isHeld && !moves.areUnderWay;
  }

  #become(permit: Permit): Permit {
    if (this.#permit.state === "waiting") this.#permit.retry.cancel();
    this.#permit = permit;
    return permit;
  }

  #hold(): Permit {
    this.#wish = { ...this.#wish, run: true };
    return this.#become({ state: "held" });
  }

  #begin(isRetry = false): void {
    const { services, moves } = this.#torrent;
    if (moves.areUnderWay) return void this.#become({ state: "held" });
    if (services.lock.isHeld && !moves.mayBeCutOff) return this.#tellEngine();
    const locking = this.#become({ state: "locking", isRetry });
    this.#take(locking).then(
      () => {
        if (this.#mayRun && this.#permit.state !== "started") this.#tellEngine();
      },
      (error: Error) => this.#refused(locking, error, isRetry),
    );
  }

  #tellEngine(): void {
    this.#become({ state: "started" });
    this.#torrent.startInEngine();
  }

  async #take(permit: Permit): Promise<void> {
    await this.#torrent.services.lock.take();
    await this.#settleMoves(permit);
  }

  /** The error of a move that cannot be settled follows in a later turn. */
  async #settleMoves(permit: Permit): Promise<void> {
    const { services, moves } = this.#torrent;
    const isRetry = permit.state === "locking" && permit.isRetry;
    const failing: Permit = { state: "stopped" };
    const failed = (error: unknown): void => this.#refused(failing, error as Error, isRetry);
    const isSettled = await moves.settle(failed);
    const { state } = this.#permit;
    if (!isSettled && (state === "held" || state === "locking")) this.#become(failing);
    if (!this.isSought) await services.lock.release();
  }

  #refused(from: Permit, error: Error, isRetry: boolean): void {
    if (this.#permit !== from) return;
    const code = codeOf(error);
    this.#become(code === silentDiskCode ? this.#waiting() : { state: "stopped" });
    // A listener of the error may start or stop the torrent.
    if (!isRetry || code !== this.#torrent.fault?.code) this.#torrent.report(error);
  }

  #waiting(): Permit {
    const retry = this.#torrent.services.timers.after(retryAfterMs, () => this.#begin(true));
    return { state: "waiting", retry };
  }
}
