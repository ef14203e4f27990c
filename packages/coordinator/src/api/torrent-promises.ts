// The promises of a torrent: its metadata, its first check, its completion, and its arrival.

import { Deferred } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { TorrentEvent, TorrentState } from "@troupe/messages";
import type { CheckResult } from "./torrent-progress.ts";

/** States of a run. */
export const runStates: ReadonlySet<TorrentState> = new Set([
  "metadata",
  "starting",
  "checking",
  "active",
  "paused",
]);

/** The promises of a torrent. Each is renewed when its outcome no longer holds. */
export class TorrentPromises {
  #metadata = new Deferred<void>();
  #completed = new Deferred<void>();
  #checked = new Deferred<CheckResult>();
  /** The complete torrent is in its final folder, or could not be moved there. */
  arrived = new Deferred<void>();
  /** The torrent was removed, or its coordinator closed. */
  areOver = false;

  get metadata(): Promise<void> {
    return this.#metadata.promise;
  }

  get completed(): Promise<void> {
    return this.#completed.promise;
  }

  get checked(): Promise<CheckResult> {
    return this.#checked.promise;
  }

  onEvent(event: TorrentEvent): void {
    if (event.event === "complete") this.#completed.resolve();
    if (event.event === "error") this.fail(new TroupeError(event.code, event.message));
    if (event.event === "state" && runStates.has(event.state)) this.renew();
  }

  metadataKnown(): void {
    this.#metadata.resolve();
  }

  /** @param isGoingOn Some pieces are still being checked. */
  check(result: CheckResult, isGoingOn = false): void {
    if (!isGoingOn) this.#checked.resolve(result);
  }

  fail(error: Error): void {
    this.#metadata.reject(error);
    this.#completed.reject(error);
    this.arrived.reject(error);
    this.#checked.reject(error);
  }

  end(error: Error): void {
    this.areOver = true;
    this.fail(error);
  }

  /** Replaces rejected promises: the torrent continues. @returns False after the end. */
  renew(): boolean {
    if (this.areOver) return false;
    if (this.#metadata.outcome === "rejected") this.#metadata = new Deferred();
    if (this.#completed.outcome === "rejected") this.#completed = new Deferred();
    if (this.#checked.outcome === "rejected") this.#checked = new Deferred();
    if (this.arrived.outcome === "rejected") this.arrived = new Deferred();
    return true;
  }

  /** The torrent is to move to another final folder. @returns Whether it was complete. */
  departs(): boolean {
    if (this.arrived.outcome !== "resolved") return false;
    this.arrived = new Deferred();
    return true;
  }

  /** A wanted piece is missing again. */
  reopen(): void {
    if (this.#completed.outcome === "resolved") this.#completed = new Deferred();
    if (this.arrived.outcome === "resolved") this.arrived = new Deferred();
  }
}
