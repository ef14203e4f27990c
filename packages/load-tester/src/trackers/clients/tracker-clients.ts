// The clients of a group: columns with a number for each, because there may be twenty thousand.

import type { AnnounceEvent } from "@troupe/protocol/tracker";
import type { GaugeName, Recorder } from "../../measures/measures.ts";
import { isWithin, mixBits } from "../../requests/mix-bits.ts";
import { ClientLife, nextLife, type ClientEvent } from "./client-life.ts";

/** Content of each torrent, as clients claim. */
const contentBytes = 2 ** 30;
const fewestAnnouncesToComplete = 3;
const moreAnnouncesToComplete = 8;

/** Values of an announce that depend on the client. */
export interface ClientCounters {
  event: AnnounceEvent | undefined;
  downloaded: number;
  left: number;
}

const gauges: Readonly<Record<ClientLife, GaugeName | undefined>> = {
  [ClientLife.absent]: undefined,
  [ClientLife.waiting]: "waiting",
  [ClientLife.joining]: "connecting",
  [ClientLife.present]: "open",
  [ClientLife.leaving]: "open",
  [ClientLife.gone]: "gone",
};

/** Life, progress and visit of each client. */
export class TrackerClients {
  readonly #seed: number;
  readonly #seedsShare: number;
  readonly #recorder: Recorder;
  readonly #lives: Uint8Array;
  readonly #announces: Uint16Array;
  readonly #visits: Uint32Array;

  /** @param seedsShare Share of clients that are seeds from the beginning, 0 to 1. */
  constructor(count: number, seed: number, seedsShare: number, recorder: Recorder) {
    this.#seed = seed;
    this.#seedsShare = seedsShare;
    this.#recorder = recorder;
    this.#lives = new Uint8Array(count);
    this.#announces = new Uint16Array(count);
    this.#visits = new Uint32Array(count);
  }

  life(member: number): ClientLife {
    return (this.#lives[member] ?? 0) as ClientLife;
  }

  /** The number of the visit that the client makes. */
  visit(member: number): number {
    return this.#visits[member] ?? 0;
  }

  /** A visit begins. */
  arrive(member: number, visit: number): void {
    this.#visits[member] = visit;
    this.#recorder.count("arrived");
    this.change(member, "arrive");
  }

  /** Changes the life of a client, and tells the recorder its new state. */
  change(member: number, event: ClientEvent): void {
    const from = this.life(member);
    const to = nextLife(from, event);
    if (from === to) return;
    this.#lives[member] = to;
    if (to === ClientLife.waiting || to === ClientLife.joining) this.#beginProgress(member, from);
    const [before, after] = [gauges[from], gauges[to]];
    if (after !== undefined && before !== after) this.#recorder.moved(before, after);
    if (from === ClientLife.joining && to === ClientLife.present) this.#recorder.count("opened");
  }

  /** Whether the client has the whole content, by its last announce or its next. */
  isSeed(member: number): boolean {
    return (this.#announces[member] ?? 0) >= this.#announcesToComplete(member);
  }

  /** The client was a leecher and has the whole content now. */
  hasCompleted(member: number): boolean {
    return this.isSeed(member) && this.#announcesToComplete(member) > 0;
  }

  /** Fills the counters of the next announce, which is sent now, and moves the progress of the client. */
  announce(member: number, counters: ClientCounters): void {
    const before = this.life(member);
    this.change(member, "announce");
    const wasSeed = this.isSeed(member);
    const isFirst = before !== ClientLife.present;
    if (!isFirst && !wasSeed) this.#announces[member] = (this.#announces[member] ?? 0) + 1;
    const completes = !wasSeed && this.isSeed(member);
    counters.event = isFirst ? "started" : completes ? "completed" : undefined;
    this.#fillProgress(member, counters);
    if (completes) this.#recorder.count("completed");
  }

  /** Fills the counters of the last announce, which is sent now. */
  stop(member: number, counters: ClientCounters): void {
    this.change(member, "stop");
    counters.event = "stopped";
    this.#fillProgress(member, counters);
  }

  #beginProgress(member: number, from: ClientLife): void {
    // An arrival begins it, or an announce without one.
    if (from !== ClientLife.waiting) this.#announces[member] = 0;
  }

  #fillProgress(member: number, counters: ClientCounters): void {
    const needed = this.#announcesToComplete(member);
    const made = Math.min(this.#announces[member] ?? 0, needed);
    counters.downloaded = needed === 0 ? 0 : Math.floor((contentBytes * made) / needed);
    counters.left = needed === 0 ? 0 : contentBytes - counters.downloaded;
  }

  /** After its first announce; 0 for a client that is a seed from the beginning. */
  #announcesToComplete(member: number): number {
    const bits = mixBits(this.#seed ^ mixBits(member + 1));
    if (isWithin(bits, this.#seedsShare)) return 0;
    return fewestAnnouncesToComplete + (mixBits(bits) % moreAnnouncesToComplete);
  }
}
