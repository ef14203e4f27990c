// The list of trackers of all public torrents, read again every hour.

import { resolve } from "node:path";
import { messageOf, type Clock, type Http, type Timers } from "@troupe/actor-runtime";
import { abortable } from "@troupe/api-base";
import { isWebAddress } from "../web-address.ts";
import { readTrackerList, type ReadTrackerList } from "./read-tracker-list.ts";

const againMs = 3_600_000;

/** A list of trackers in use. */
export interface TrackerListStatus {
  /** An absolute path, or an address. */
  readonly source: string;
  /** Number of its trackers; 0 until it has been read. */
  readonly trackers: number;
  /** Lines that are no URL of a tracker, and those beyond 200 trackers. */
  readonly skippedLines: number;
  /** Milliseconds since 1970. Absent: it has not been read. */
  readonly readAt?: number;
  /** Why the last reading failed, as a sentence: the trackers of an earlier one are in use. */
  readonly error?: string;
}

/** Time and network of the readings. */
export interface TrackerListPorts {
  readonly clock: Pick<Clock, "epochMs">;
  readonly http: Pick<Http, "get">;
  readonly timers: Pick<Timers, "every">;
}

/** Reads the list, and hands its trackers over when they change. */
export class TrackerListSetting {
  readonly #take: (trackers: readonly string[]) => void;
  readonly #ports: TrackerListPorts;
  readonly #closing = new AbortController();
  #status: TrackerListStatus | undefined;
  #trackers: readonly string[] = [];
  /** Grows with each replacement: a reading that began before is left out. */
  #generation = 0;
  #stop = (): void => {};

  /** @param take Gets the trackers of all public torrents. */
  constructor(take: (trackers: readonly string[]) => void, ports: TrackerListPorts) {
    this.#take = take;
    this.#ports = ports;
  }

  get status(): TrackerListStatus | undefined {
    return this.#status;
  }

  /**
   * Uses the list of the start. An address is read beside the start, which it may outlast.
   *
   * @throws rejects with `tracker-list-unreadable` for a file.
   */
  async begin(source: string | undefined): Promise<void> {
    if (source === undefined) return;
    if (!isWebAddress(source)) return await this.replace(source, undefined);
    this.#generation++;
    this.#status = { source, trackers: 0, skippedLines: 0 };
    void this.#readAgain(source);
    this.#readEvery(source);
  }

  /**
   * Replaces the list, once the new one has been read.
   *
   * @param source Undefined: no list.
   * @throws rejects with `tracker-list-unreadable`, the reason of a signal.
   */
  async replace(source: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    const generation = ++this.#generation;
    if (source === undefined) return this.#use(undefined, { trackers: [], skippedLines: 0 });
    const place = isWebAddress(source) ? source : resolve(source);
    const closing = this.#closing.signal;
    const end = signal === undefined ? closing : AbortSignal.any([closing, signal]);
    const read = await abortable(end, () => readTrackerList(place, this.#ports.http, end));
    if (generation === this.#generation) this.#use(place, read);
  }

  /** Ends a reading that is under way, and refuses later ones. */
  giveUp(reason: Error): void {
    this.#stop();
    this.#closing.abort(reason);
  }

  #use(source: string | undefined, read: ReadTrackerList): void {
    this.#stop();
    this.#took(source, read);
    if (source !== undefined) this.#readEvery(source);
  }

  #took(source: string | undefined, { trackers, skippedLines }: ReadTrackerList): void {
    const readAt = this.#ports.clock.epochMs();
    this.#status =
      source === undefined
        ? undefined
        : { source, trackers: trackers.length, skippedLines, readAt };
    if (trackers.join("\n") === this.#trackers.join("\n")) return;
    this.#trackers = trackers;
    this.#take(trackers);
  }

  #readEvery(source: string): void {
    const timer = this.#ports.timers.every(againMs, () => void this.#readAgain(source));
    this.#stop = () => timer.cancel();
  }

  /** A failure keeps the trackers that are in use. */
  async #readAgain(source: string): Promise<void> {
    const generation = this.#generation;
    try {
      const read = await readTrackerList(source, this.#ports.http, this.#closing.signal);
      if (generation === this.#generation) this.#took(source, read);
    } catch (error) {
      if (generation !== this.#generation || this.#status === undefined) return;
      this.#status = { ...this.#status, error: messageOf(error) };
    }
  }
}
