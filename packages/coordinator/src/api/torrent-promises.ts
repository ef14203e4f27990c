// What callers of a torrent wait for: its first check, and that it is whole.

import type { TorrentEvent, TorrentState } from "@troupe/messages";
import { TroupeError } from "../troupe-error.ts";
import { Deferred } from "./events/deferred.ts";
import type { CheckResult } from "./torrent-progress.ts";

/** States of a torrent that is on its way to its end. */
export const runStates: ReadonlySet<TorrentState> = new Set([
  "starting",
  "checking",
  "active",
  "paused",
]);

/** The promises of one torrent. Each is renewed when what it told is true no more. */
export class TorrentPromises {
  #completed = new Deferred<void>();
  #checked = new Deferred<CheckResult>();
  #areOver = false;

  /** It was removed, or its coordinator closed: nobody answers any more. */
  get areOver(): boolean {
    return this.#areOver;
  }

  /** Resolves when all that is wanted is had. */
  get completed(): Promise<void> {
    return this.#completed.promise;
  }

  /** The result of the first check. */
  get checked(): Promise<CheckResult> {
    return this.#checked.promise;
  }

  /** What an event alone tells of its end. */
  onEvent(event: TorrentEvent): void {
    if (event.event === "complete") this.#completed.resolve();
    if (event.event === "error") this.fail(new TroupeError(event.code, event.message));
    if (event.event === "state" && runStates.has(event.state)) this.renew();
  }

  /** What lay there has been checked. @param isGoingOn Some of it is being checked still. */
  check(result: CheckResult, isGoingOn = false): void {
    if (!isGoingOn) this.#checked.resolve(result);
  }

  /** It does not go on. */
  fail(error: Error): void {
    this.#completed.reject(error);
    this.#checked.reject(error);
  }

  /** Nothing follows any more. */
  end(error: Error): void {
    this.#areOver = true;
    this.fail(error);
  }

  /** It goes on after all: who waits from now on waits for what comes. @returns false when nothing comes any more. */
  renew(): boolean {
    if (this.#areOver) return false;
    if (this.#completed.outcome === "rejected") this.#completed = new Deferred();
    if (this.#checked.outcome === "rejected") this.#checked = new Deferred();
    return true;
  }

  /** Something wanted is missing again. */
  reopen(): void {
    if (this.#completed.outcome === "resolved") this.#completed = new Deferred();
  }
}
