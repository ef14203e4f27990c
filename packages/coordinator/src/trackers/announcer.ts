// When one torrent announces, to which tracker, and what it makes of the answer (BEP 3, BEP 12).
//
// Tiers are kept in their order; inside a tier the order is shuffled once and a tracker that answers moves to
// the front. An announce goes to the first tracker that answers. `started` is the first thing each tracker hears,
// `completed` is said once, `stopped` goes to every tracker that heard `started`. With no usable peer the next
// announce comes after the tracker's `min interval`, or 60 s.

import type { Clock, Http, Random, Timer, Timers } from "@troupe/actor-runtime";
import type { TrackerStatus } from "@troupe/messages";
import type { AnnounceReply } from "@troupe/protocol";
import { announceOnce, type AnnounceCounters, type AnnounceIdentity } from "./http-tracker.ts";

const firstRetryMs = 5_000;
const longestRetryMs = 300_000;
const stopDeadlineMs = 1_500;

type AnnounceEvent = "started" | "completed" | "stopped";

export interface AnnouncerEnvironment {
  readonly http: Http;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly identity: AnnounceIdentity;
  /** The torrent's counters at this moment. */
  readonly counters: () => AnnounceCounters;
  /** No peer is connected or waits to be dialled. */
  readonly isHungry: () => boolean;
  readonly answered: (url: string, reply: AnnounceReply) => void;
  readonly failed: (url: string, code: string, message: string) => void;
}

interface Tracker {
  readonly url: string;
  readonly tier: number;
  heardStarted: boolean;
  failures: number;
  trackerId: string | undefined;
  complete: number | undefined;
  incomplete: number | undefined;
  peers: number;
  error: string | undefined;
}

/** The announcing of one torrent. Started and stopped with it. */
export class Announcer {
  readonly #environment: AnnouncerEnvironment;
  readonly #tiers: Tracker[][];
  #timer: Timer | undefined;
  #dueMs = 0;
  /** Not before this, however hungry: the tracker's `min interval`, or ours. */
  #hungryAtMs = 0;
  #isRunning = false;
  #isAnnouncing = false;
  #completedPending = false;
  #failuresInARow = 0;

  constructor(tiers: readonly (readonly string[])[], environment: AnnouncerEnvironment) {
    this.#environment = environment;
    this.#tiers = tiers.map((urls, tier) => shuffled(urls, environment.random).map(tracker(tier)));
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule(0);
  }

  /** Says `completed` to the tracker in use, once, now. */
  completed(): void {
    this.#completedPending = true;
    this.#schedule(0);
  }

  /** Peers ran out: announce after the hungry interval instead of the tracker's. */
  hungry(): void {
    if (this.#timer === undefined || this.#failuresInARow > 0) return;
    if (this.#hungryAtMs < this.#dueMs) {
      this.#schedule(Math.max(0, this.#hungryAtMs - this.#environment.clock.nowMs()));
    }
  }

  /** Says `stopped` where `started` was heard; settles after at most 1.5 s, whatever the trackers do. */
  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    const told = this.#tiers.flat().filter((tracker) => tracker.heardStarted);
    await Promise.all(told.map((tracker) => this.#sayStopped(tracker)));
  }

  status(): TrackerStatus[] {
    return this.#tiers.flat().map((tracker) => ({
      url: tracker.url,
      tier: tracker.tier,
      failures: tracker.failures,
      peers: tracker.peers,
      ...(tracker.complete !== undefined && { complete: tracker.complete }),
      ...(tracker.incomplete !== undefined && { incomplete: tracker.incomplete }),
      ...(tracker.error !== undefined && { error: tracker.error }),
    }));
  }

  #schedule(delayMs: number): void {
    if (!this.#isRunning || this.#isAnnouncing) return;
    this.#timer?.cancel();
    this.#dueMs = this.#environment.clock.nowMs() + delayMs;
    this.#timer = this.#environment.timers.after(delayMs, () => {
      this.#timer = undefined;
      void this.#announceRound();
    });
  }

  /** Goes through the tiers until one tracker answers, then plans the next round. */
  async #announceRound(): Promise<void> {
    if (this.#isAnnouncing || this.#tiers.length === 0) return;
    this.#isAnnouncing = true;
    const nextMs = await this.#firstAnswer();
    this.#isAnnouncing = false;
    if (this.#completedPending && nextMs !== undefined) this.#schedule(0);
    else this.#schedule(nextMs ?? this.#retryDelayMs());
  }

  async #firstAnswer(): Promise<number | undefined> {
    for (const tier of this.#tiers) {
      for (const tracker of [...tier]) {
        if (!this.#isRunning) return undefined;
        const nextMs = await this.#announceTo(tracker);
        if (nextMs === undefined) continue;
        tier.splice(tier.indexOf(tracker), 1);
        tier.unshift(tracker);
        this.#failuresInARow = 0;
        return nextMs;
      }
    }
    this.#failuresInARow++;
    return undefined;
  }

  /** @returns milliseconds until the next announce, or undefined when this tracker did not answer. */
  async #announceTo(tracker: Tracker): Promise<number | undefined> {
    const event = this.#eventFor(tracker);
    try {
      const reply = await this.#send(tracker, event, 30_000);
      if (event === "started") tracker.heardStarted = true;
      if (event === "completed") this.#completedPending = false;
      this.#note(tracker, reply);
      this.#environment.answered(tracker.url, reply);
      return this.#delayAfter(reply);
    } catch (error) {
      this.#noteFailure(tracker, error);
      return undefined;
    }
  }

  #eventFor(tracker: Tracker): AnnounceEvent | undefined {
    if (!tracker.heardStarted) return "started";
    return this.#completedPending ? "completed" : undefined;
  }

  #send(tracker: Tracker, event: AnnounceEvent | undefined, deadlineMs: number) {
    return announceOnce(this.#environment.http, tracker.url, {
      ...this.#environment.identity,
      ...this.#environment.counters(),
      ...(event !== undefined && { event }),
      ...(tracker.trackerId !== undefined && { trackerId: tracker.trackerId }),
      deadlineMs,
    });
  }

  async #sayStopped(tracker: Tracker): Promise<void> {
    try {
      await this.#send(tracker, "stopped", stopDeadlineMs);
    } catch {
      // Said as well as it could be: a tracker that does not listen forgets us by its own time-out.
    }
    tracker.heardStarted = false;
  }

  #note(tracker: Tracker, reply: AnnounceReply): void {
    tracker.failures = 0;
    tracker.error = undefined;
    tracker.complete = reply.complete;
    tracker.incomplete = reply.incomplete;
    tracker.peers = reply.peers.length;
    tracker.trackerId = reply.trackerId ?? tracker.trackerId;
  }

  #noteFailure(tracker: Tracker, error: unknown): void {
    tracker.failures++;
    const { code, message } = describe(error);
    tracker.error = message;
    if (this.#isRunning) this.#environment.failed(tracker.url, code, message);
  }

  #delayAfter(reply: AnnounceReply): number {
    const intervalMs = reply.intervalSeconds * 1000;
    const hungryMs = Math.min(intervalMs, (reply.minIntervalSeconds ?? 60) * 1000);
    this.#hungryAtMs = this.#environment.clock.nowMs() + hungryMs;
    return this.#environment.isHungry() ? hungryMs : intervalMs;
  }

  #retryDelayMs(): number {
    const delayMs = firstRetryMs * 2 ** Math.min(10, this.#failuresInARow - 1);
    return Math.min(delayMs, longestRetryMs) * (0.75 + 0.5 * this.#environment.random.next());
  }
}

function tracker(tier: number): (url: string) => Tracker {
  return (url) => ({
    url,
    tier,
    heardStarted: false,
    failures: 0,
    trackerId: undefined,
    complete: undefined,
    incomplete: undefined,
    peers: 0,
    error: undefined,
  });
}

function shuffled(urls: readonly string[], random: Random): string[] {
  const list = [...urls];
  for (let at = list.length - 1; at > 0; at--) {
    const other = random.integer(at + 1);
    [list[at], list[other]] = [list[other] ?? "", list[at] ?? ""];
  }
  return list;
}

function describe(error: unknown): { code: string; message: string } {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return {
    code: typeof code === "string" ? code : "tracker-failed",
    message: typeof message === "string" ? message : String(error),
  };
}
