// When one torrent announces, to which tracker, and what it makes of the answer (BEP 3, BEP 12).
//
// Tiers are kept in their order; inside a tier the order is shuffled once and a tracker that answers moves to
// the front. An announce goes to the first tracker that answers. `started` is the first thing each tracker hears,
// `completed` is said once, `stopped` goes to every tracker that heard `started` or is just being told. With no
// usable peer the next announce comes after the tracker's `min interval`, or 60 s.

import type { Clock, Http, Random, Timer, Timers } from "@troupe/actor-runtime";
import type { TrackerStatus } from "@troupe/messages";
import type { AnnounceReply } from "@troupe/protocol";
import { announceOnce, type AnnounceCounters, type AnnounceIdentity } from "./http-tracker.ts";

const firstRetryMs = 5_000;
const longestRetryMs = 300_000;
const stopDeadlineMs = 1_500;

type AnnounceEvent = "started" | "completed" | "stopped";

/** What an announcer needs of the torrent and the actor that it announces for. */
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
  /** The owner failed at an answer: its incarnation is to end. */
  readonly fail: (error: unknown) => void;
}

interface Tracker {
  readonly url: string;
  readonly tier: number;
  /** `started` was sent and it has not been told `stopped` since, though it may not have answered. */
  mayKnowUs: boolean;
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
  /** When the tracker wants to hear of us again. */
  #intervalAtMs = 0;
  /** Not before this, however hungry: the tracker's `min interval`, or ours. */
  #hungryAtMs = 0;
  /** From start to stop; aborts what is under way then. */
  #run: AbortController | undefined;
  #isAnnouncing = false;
  #completedPending = false;
  #failuresInARow = 0;

  constructor(tiers: readonly (readonly string[])[], environment: AnnouncerEnvironment) {
    this.#environment = environment;
    this.#tiers = tiers.map((urls, tier) => shuffled(urls, environment.random).map(tracker(tier)));
  }

  /** Announces at once, then by the trackers' intervals. Idempotent. */
  start(): void {
    if (this.#run !== undefined) return;
    this.#run = new AbortController();
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
    if (this.#hungryAtMs < this.#dueMs) this.#scheduleAt(this.#hungryAtMs, true);
  }

  /** Says `stopped` where `started` was heard; settles after at most 1.5 s, whatever the trackers do. */
  async stop(): Promise<void> {
    if (this.#run === undefined) return;
    this.#run.abort();
    this.#run = undefined;
    this.#isAnnouncing = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    const told = this.#tiers.flat().filter((tracker) => tracker.mayKnowUs);
    await Promise.all(told.map((tracker) => this.#sayStopped(tracker)));
  }

  /** Every tracker by tier, in the order in which they are asked. */
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
    this.#scheduleAt(this.#environment.clock.nowMs() + delayMs, false);
  }

  /** @param isForHunger When peers have come by then, the tracker's interval counts after all. */
  #scheduleAt(dueMs: number, isForHunger: boolean): void {
    const run = this.#run;
    if (run === undefined || this.#isAnnouncing) return;
    const { clock, timers, isHungry, fail } = this.#environment;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = timers.after(Math.max(0, dueMs - clock.nowMs()), () => {
      this.#timer = undefined;
      if (isForHunger && !isHungry()) this.#scheduleAt(this.#intervalAtMs, false);
      else this.#announceRound(run).catch(fail);
    });
  }

  /** Goes through the tiers until one tracker answers, then plans the next round. */
  async #announceRound(run: AbortController): Promise<void> {
    if (this.#isAnnouncing || this.#tiers.length === 0) return;
    this.#isAnnouncing = true;
    const isAnswered = await this.#firstAnswer(run);
    // Stopped meanwhile; perhaps started again: that is another round's matter.
    if (this.#run !== run) return;
    this.#isAnnouncing = false;
    if (!isAnswered) this.#schedule(this.#retryDelayMs());
    else if (this.#completedPending) this.#schedule(0);
    else if (this.#environment.isHungry()) this.#scheduleAt(this.#hungryAtMs, true);
    else this.#scheduleAt(this.#intervalAtMs, false);
  }

  async #firstAnswer(run: AbortController): Promise<boolean> {
    for (const tier of this.#tiers) {
      for (const tracker of [...tier]) {
        const reply = await this.#announceTo(tracker, run);
        if (this.#run !== run) return false;
        if (reply === undefined) continue;
        tier.splice(tier.indexOf(tracker), 1);
        tier.unshift(tracker);
        this.#failuresInARow = 0;
        this.#environment.answered(tracker.url, reply);
        return true;
      }
    }
    this.#failuresInARow++;
    return false;
  }

  /** @returns Undefined when this tracker did not answer. */
  async #announceTo(tracker: Tracker, run: AbortController): Promise<AnnounceReply | undefined> {
    const event = this.#eventFor(tracker);
    tracker.mayKnowUs = true;
    try {
      const reply = await this.#send(tracker, event, { deadlineMs: 30_000, signal: run.signal });
      if (this.#run !== run) return undefined;
      if (event === "started") tracker.heardStarted = true;
      if (event === "completed") this.#completedPending = false;
      this.#note(tracker, reply);
      return reply;
    } catch (error) {
      if (this.#run === run) this.#noteFailure(tracker, error);
      return undefined;
    }
  }

  #eventFor(tracker: Tracker): AnnounceEvent | undefined {
    if (!tracker.heardStarted) return "started";
    return this.#completedPending ? "completed" : undefined;
  }

  #send(
    tracker: Tracker,
    event: AnnounceEvent | undefined,
    limits: { readonly deadlineMs: number; readonly signal?: AbortSignal },
  ): Promise<AnnounceReply> {
    return announceOnce(this.#environment.http, tracker.url, {
      ...this.#environment.identity,
      ...this.#environment.counters(),
      ...(event !== undefined && { event }),
      ...(tracker.trackerId !== undefined && { trackerId: tracker.trackerId }),
      ...limits,
    });
  }

  async #sayStopped(tracker: Tracker): Promise<void> {
    tracker.mayKnowUs = false;
    tracker.heardStarted = false;
    try {
      await this.#send(tracker, "stopped", { deadlineMs: stopDeadlineMs });
    } catch {
      // Said as well as it could be: a tracker that does not listen forgets us by its own time-out.
    }
  }

  #note(tracker: Tracker, reply: AnnounceReply): void {
    tracker.failures = 0;
    tracker.error = undefined;
    tracker.complete = reply.complete;
    tracker.incomplete = reply.incomplete;
    tracker.peers = reply.peers.length;
    tracker.trackerId = reply.trackerId ?? tracker.trackerId;
    const nowMs = this.#environment.clock.nowMs();
    const hungrySeconds = Math.min(reply.intervalSeconds, reply.minIntervalSeconds ?? 60);
    this.#intervalAtMs = nowMs + reply.intervalSeconds * 1000;
    this.#hungryAtMs = nowMs + hungrySeconds * 1000;
  }

  #noteFailure(tracker: Tracker, error: unknown): void {
    // It is not there, so it knows nothing of us; one that was heard before may come back.
    if (!tracker.heardStarted) tracker.mayKnowUs = false;
    tracker.failures++;
    const { code, message } = describe(error);
    tracker.error = message;
    this.#environment.failed(tracker.url, code, message);
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
    mayKnowUs: false,
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
