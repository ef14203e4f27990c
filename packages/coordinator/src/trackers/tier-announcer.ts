// Announces to one of several trackers: to the first that replies, then to that one by its intervals, until it fails.
//
// The trackers are asked in order. After some seconds of silence the next is asked too, so that dead trackers do not delay
// the first peers; of a private torrent the next is asked only after a failure.

import type { Timer } from "@troupe/actor-runtime";
import type { TrackerWait } from "@troupe/messages";
import type { AnnouncedTracker } from "./announced-tracker.ts";
import type { AnnounceOptions } from "./announce-options.ts";
import { retryDelayMs } from "./announce-state.ts";
import type { AnnouncerEnvironment } from "./announcer-environment.ts";
import { firstAnswer } from "./first-answer.ts";
import { trackerAddress } from "./tracker-address.ts";
import type { TrackerOrder } from "./tracker-tiers.ts";

const announceDeadlineMs = 30_000;
/** For the first reply: a tracker that takes longer is probably dead. */
const firstDeadlineMs = 15_000;
/** Silence before the next tracker is asked too; over HTTP less when peers are wanted at once. */
const patience = { urgentMs: 3_000, urgentNextMs: 1_000, usualMs: 15_000 };

/** Ends of a run. */
interface RunSignals {
  /** Gives up all but `completed`. */
  readonly stop: AbortSignal;
  /** Gives up everything. */
  readonly end: AbortSignal;
}

/** The torrent of a tier announcer. */
interface TierServices {
  readonly environment: AnnouncerEnvironment;
  readonly isPrivate: boolean;
  readonly order: TrackerOrder;
  /** The tracker is asked first in its tier from now on. */
  readonly replied: (tracker: AnnouncedTracker) => void;
  readonly signals: RunSignals;
}

/** From the start of a run to its stop. */
export class TierAnnouncer {
  readonly #services: TierServices;
  #inUse: AnnouncedTracker | undefined;
  /** Gives up the announces to each tracker that was asked. */
  readonly #asked = new Map<AnnouncedTracker, AbortController>();
  #isInRound = false;
  #isFirst = true;
  #failedRounds = 0;
  /** While no tracker is in use. */
  #retryAtMs: number;
  #timer: Timer | undefined;

  constructor(services: TierServices) {
    this.#services = services;
    this.#retryAtMs = services.environment.clock.nowMs();
    this.#inUse = services.order().find(({ isKnown }) => isKnown);
    for (const tracker of services.order()) tracker.changed = () => this.plan();
    this.plan();
  }

  /** Plans the next announce again: peers are wanted or not, or a tracker's state has changed. */
  plan(): void {
    const { clock, timers } = this.#services.environment;
    if (this.#isInRound || this.#isStopped) return;
    const nowMs = clock.nowMs();
    if (this.#inUse?.isWorking === false && !this.#inUse.wasRevoked) {
      this.#inUse = undefined;
      this.#failedRounds = 1;
      this.#retryAtMs = this.#retryTime(nowMs);
    }
    // A tracker that was silent may have replied meanwhile.
    const replied = this.#services.order().find((each) => each.isKnown && each.isWorking);
    if (this.#inUse === undefined && replied !== undefined) this.#use(replied);
    this.#timer?.cancel();
    this.#timer = undefined;
    const dueAtMs = this.#dueAtMs;
    if (dueAtMs === Infinity) return;
    this.#timer = timers.after(Math.max(0, dueAtMs - nowMs), () => this.#announceDue());
  }

  /** Announces as soon as the tracker permits. @returns The tracker, and the seconds until then. */
  request(): TrackerWait | undefined {
    const { clock } = this.#services.environment;
    const tracker = this.#inUse ?? this.#services.order()[0];
    if (tracker === undefined || this.#isStopped) return undefined;
    if (this.#isInRound) return { url: tracker.url, inSeconds: 0 };
    const waits = (this.#inUse === undefined ? this.#services.order() : [this.#inUse]).map((each) =>
      each.request(),
    );
    const waitMs = Math.min(...waits);
    if (this.#inUse === undefined && waitMs === 0) this.#retryAtMs = clock.nowMs();
    this.plan();
    return { url: tracker.url, inSeconds: Math.ceil(waitMs / 1_000) };
  }

  /** Our address has changed, or the network is back: trackers are asked now, unless they have asked for a pause (BEP 31). */
  networkChanged(): void {
    const { environment, order } = this.#services;
    for (const tracker of order()) tracker.begin("network");
    if (this.#inUse?.isWorking === false) this.#inUse = undefined;
    this.#failedRounds = 0;
    const soonestMs = Math.min(...order().map(({ retryAtMs }) => retryAtMs));
    this.#retryAtMs = Math.max(environment.clock.nowMs(), soonestMs);
    this.plan();
  }

  /** No further announce is begun. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The tracker of the next announce, and when it comes. */
  get next(): { readonly tracker: AnnouncedTracker | undefined; readonly inSeconds?: number } {
    const tracker = this.#inUse ?? this.#services.order()[0];
    const wasRevoked = this.#isInRound || tracker?.wasRevoked === true;
    const waitMs = wasRevoked ? 0 : this.#dueAtMs - this.#services.environment.clock.nowMs();
    if (this.#isStopped || waitMs === Infinity) return { tracker };
    return { tracker, inSeconds: Math.max(0, Math.ceil(waitMs / 1_000)) };
  }

  get #isStopped(): boolean {
    return this.#services.signals.stop.aborted;
  }

  get #dueAtMs(): number {
    const isHungry = this.#services.environment.needsPeers();
    return this.#inUse?.dueAtMs(isHungry) ?? this.#retryAtMs;
  }

  #announceDue(): void {
    const { environment } = this.#services;
    const fail = (error: unknown): void => environment.fail(error);
    this.#timer = undefined;
    // Peers may have come since the announce was planned.
    if (this.#dueAtMs > environment.clock.nowMs()) return this.plan();
    const families = this.#inUse?.dueDirectly(environment.needsPeers()) ?? [];
    if (this.#inUse === undefined || families.length === 0) return void this.#round().catch(fail);
    const isRetry = this.#inUse.isWorking && families.every((family) => this.#isFailed(family));
    void this.#inUse.announce(families, this.#turn(isRetry)).catch(fail);
    this.plan();
  }

  #isFailed(family: 4 | 6): boolean {
    return this.#inUse?.stateOf(family).outcome !== "working";
  }

  async #round(): Promise<void> {
    const { environment } = this.#services;
    this.#isInRound = true;
    const winner = await this.#race();
    this.#isInRound = false;
    if (this.#isStopped) return;
    this.#isFirst = false;
    this.#inUse = undefined;
    if (winner === undefined) {
      this.#failedRounds++;
      this.#retryAtMs = this.#retryTime(environment.clock.nowMs());
    } else this.#use(winner);
    this.plan();
  }

  /** The others are asked again in a later round. */
  #use(tracker: AnnouncedTracker): void {
    this.#inUse = tracker;
    this.#failedRounds = 0;
    this.#services.replied(tracker);
    for (const [other, over] of this.#asked) {
      if (other === tracker) continue;
      over.abort();
      this.#asked.delete(other);
    }
  }

  /** Each tracker has its own pace. One without a pace waits at a silent address: a round comes by the pace of rounds. */
  #retryTime(nowMs: number): number {
    const { environment, order } = this.#services;
    const times = order().map(({ retryAtMs }) => retryAtMs);
    const paced = times.filter((timeMs) => timeMs > nowMs);
    if (paced.length === times.length) return Math.min(...paced);
    return Math.min(nowMs + retryDelayMs(this.#failedRounds, environment.random.next()), ...paced);
  }

  /** @returns The tracker that replied first. */
  async #race(): Promise<AnnouncedTracker | undefined> {
    const { environment, order, signals } = this.#services;
    const isHungry = environment.needsPeers();
    const asked = order()
      .map((tracker) => ({ tracker, families: tracker.askable(isHungry) }))
      .filter(({ families }) => families.length > 0);
    const patienceFor = this.#patience(isHungry);
    return await firstAnswer({
      count: asked.length,
      timers: environment.timers,
      patienceMs: (index) => patienceFor(asked[index]?.tracker.url ?? "", index),
      ask: async (index, begun) => {
        const entry = asked[index];
        if (entry === undefined || signals.stop.aborted) return undefined;
        const { tracker, families } = entry;
        const over = this.#asked.get(tracker) ?? new AbortController();
        this.#asked.set(tracker, over);
        const signal = AbortSignal.any([signals.stop, over.signal]);
        const turn = { ...this.#turn(false), signal, begun };
        return (await tracker.announce(families, turn)) ? tracker : undefined;
      },
    });
  }

  #patience(isHungry: boolean): (url: string, index: number) => number {
    const isUrgent = this.#isFirst || isHungry;
    const { urgentMs, urgentNextMs, usualMs } = patience;
    return (url, index) => {
      if (this.#services.isPrivate) return Infinity;
      if (trackerAddress(url)?.transport === "udp" || !isUrgent) return usualMs;
      return index === 0 ? urgentMs : urgentNextMs;
    };
  }

  #turn(isRetry: boolean): AnnounceOptions {
    const { environment, signals } = this.#services;
    const usual = environment.isSeed() ? "seed" : "download";
    return {
      urgency: isRetry ? "retry" : usual,
      deadlineMs: this.#isFirst ? firstDeadlineMs : announceDeadlineMs,
      signal: signals.stop,
      end: signals.end,
    };
  }
}
