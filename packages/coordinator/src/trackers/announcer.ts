// When, and to which tracker, a torrent announces (BEP 3, BEP 12).
//
// Trackers are asked in the order of their tiers until a reply. After some seconds of silence the next is asked too, so
// that dead trackers do not delay the first peers. Each tracker gets `started` first; `completed` goes out once, before
// any `stopped`, which goes to every tracker that may know us. Without a usable peer the next announce comes after the
// tracker's `min interval`, or 60 s.

import {
  asFault,
  type Clock,
  type Http,
  type Random,
  type Timer,
  type Timers,
} from "@troupe/actor-runtime";
import type { TrackerStatus } from "@troupe/messages";
import type { AnnounceReply } from "@troupe/protocol";
import type { AnnounceLimits } from "./announce-limits.ts";
import { firstAnswer } from "./first-answer.ts";
import {
  announceOnce,
  type AnnounceCounters,
  type AnnounceIdentity,
  type Announced,
} from "./http-tracker.ts";
import { TrackerTiers, type Tracker } from "./tracker-tiers.ts";

const firstRetryMs = 5_000;
const longestRetryMs = 300_000;
const stopDeadlineMs = 1_500;
/** `stopped` waits this long for the reply to `completed`: a command that stops when done sends both. */
const completedFirstMs = 700;
const announceDeadlineMs = 30_000;
/** For the first reply: a tracker that takes longer is probably dead. */
const firstDeadlineMs = 15_000;
/** Silence before the next tracker is asked too; the first gets more when peers are wanted at once. */
const patience = { firstMs: 3_000, othersMs: 1_000, fedMs: 15_000 };

type AnnounceEvent = "started" | "completed" | "stopped";

/** The torrent and the actor of an announcer. */
export interface AnnouncerEnvironment {
  readonly http: Http;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly identity: AnnounceIdentity;
  readonly limits: AnnounceLimits;
  /** Over all starts of the torrent. */
  readonly counters: () => AnnounceCounters;
  /** No peer is connected or waits to be dialled. */
  readonly needsPeers: () => boolean;
  /** @param remoteHost Numeric address that answered, where known. */
  readonly answered: (url: string, reply: AnnounceReply, remoteHost: string | undefined) => void;
  readonly failed: (url: string, code: string, message: string) => void;
  /** The owner failed at a reply: its incarnation must end. */
  readonly fail: (error: unknown) => void;
}

interface Run {
  /** Aborted by the stop: gives up all but `completed`. */
  readonly stop: AbortController;
  /** Aborted when the stop is over. */
  readonly end: AbortController;
}

interface Cancellation {
  /** Another tracker answered first, or the stop is over. */
  readonly over: AbortSignal;
  /** The same, or the torrent was stopped. */
  readonly cancelled: AbortSignal;
}

interface Winner extends Announced {
  readonly tracker: Tracker;
}

/** The announces of a torrent. Started and stopped with it. */
export class Announcer {
  readonly #environment: AnnouncerEnvironment;
  readonly #tiers: TrackerTiers;
  #timer: Timer | undefined;
  #dueMs = 0;
  #intervalAtMs = 0;
  /** The tracker's `min interval`, or ours. */
  #forPeersAtMs = 0;
  #run: Run | undefined;
  /** Counters at the start, since a tracker counts from `started`. */
  #before: Pick<AnnounceCounters, "uploaded" | "downloaded"> = { uploaded: 0, downloaded: 0 };
  #isAnnouncing = false;
  #completedPending = false;
  #isFirst = true;
  #failuresInARow = 0;

  constructor(urls: readonly (readonly string[])[], environment: AnnouncerEnvironment) {
    this.#environment = environment;
    this.#tiers = new TrackerTiers(urls, environment.random);
  }

  /** Announces at once, then by the trackers' intervals. Idempotent. */
  start(): void {
    if (this.#run !== undefined) return;
    this.#run = { stop: new AbortController(), end: new AbortController() };
    this.#isFirst = true;
    this.#before = this.#environment.counters();
    this.#schedule(0);
  }

  /** Sends `completed` once, to the tracker in use. */
  completed(): void {
    this.#completedPending = true;
    this.#schedule(0);
  }

  /** Earlier than the tracker's interval, since no peers are left. */
  announceForPeers(): void {
    if (this.#timer === undefined || this.#failuresInARow > 0) return;
    if (this.#forPeersAtMs < this.#dueMs) this.#scheduleAt(this.#forPeersAtMs, true);
  }

  /**
   * Sends `stopped` to trackers that got `started`, after a due `completed`; settles after at most 1.5 s, whatever the
   * trackers do.
   */
  async stop(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    run.stop.abort();
    this.#run = undefined;
    this.#isAnnouncing = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    const informed = this.#tiers.inOrder().filter((tracker) => tracker.mayKnowUs);
    if (informed.length === 0) return;
    const { timers } = this.#environment;
    const patience = Promise.withResolvers<void>();
    const patienceOver = timers.after(completedFirstMs, patience.resolve);
    const deadline = timers.after(stopDeadlineMs, () => run.end.abort());
    const due = this.#completedDueAt(informed);
    await Promise.all(
      informed.map((tracker) => {
        const farewell = { isCompletedDue: tracker === due, patience: patience.promise };
        return this.#announceStop(tracker, farewell, run.end.signal);
      }),
    );
    patienceOver.cancel();
    deadline.cancel();
    run.end.abort();
  }

  /** In the order in which they are asked. */
  status(): TrackerStatus[] {
    const nextInSeconds = this.#nextInSeconds();
    return this.#tiers
      .status()
      .map((tracker, at) =>
        at > 0 || nextInSeconds === undefined ? tracker : { ...tracker, nextInSeconds },
      );
  }

  /** Undefined while stopped. */
  #nextInSeconds(): number | undefined {
    if (this.#isAnnouncing) return 0;
    if (this.#timer === undefined) return undefined;
    return Math.max(0, Math.ceil((this.#dueMs - this.#environment.clock.nowMs()) / 1000));
  }

  #schedule(delayMs: number): void {
    this.#scheduleAt(this.#environment.clock.nowMs() + delayMs, false);
  }

  /** @param isForHunger If peers have come by then, the tracker's interval counts after all. */
  #scheduleAt(dueMs: number, isForHunger: boolean): void {
    const run = this.#run;
    if (run === undefined || this.#isAnnouncing) return;
    const { clock, timers, needsPeers, fail } = this.#environment;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = timers.after(Math.max(0, dueMs - clock.nowMs()), () => {
      this.#timer = undefined;
      if (isForHunger && !needsPeers()) this.#scheduleAt(this.#intervalAtMs, false);
      else this.#announceRound(run).catch(fail);
    });
  }

  async #announceRound(run: Run): Promise<void> {
    if (this.#isAnnouncing || this.#tiers.inOrder().length === 0) return;
    this.#isAnnouncing = true;
    const winner = await this.#race(run);
    // A restarted announcer has its own round.
    if (this.#run !== run) return;
    this.#isAnnouncing = false;
    if (winner === undefined) {
      this.#isFirst = false;
      this.#failuresInARow++;
      return this.#schedule(this.#retryDelayMs());
    }
    this.#failuresInARow = 0;
    this.#environment.answered(winner.tracker.url, winner.reply, winner.remoteHost);
    if (this.#completedPending) this.#schedule(0);
    else if (this.#environment.needsPeers()) this.#scheduleAt(this.#forPeersAtMs, true);
    else this.#scheduleAt(this.#intervalAtMs, false);
  }

  /** @returns Undefined without a reply, or after a stop. */
  async #race(run: Run): Promise<Winner | undefined> {
    const { timers, limits, needsPeers } = this.#environment;
    const trackers = this.#tiers.inOrder();
    const isUrgent = this.#isFirst || needsPeers();
    const [firstMs, othersMs] = isUrgent
      ? [patience.firstMs, patience.othersMs]
      : [patience.fedMs, patience.fedMs];
    // The losers are asked again in the next round.
    const over = new AbortController();
    const cancel = (): void => over.abort();
    run.end.signal.addEventListener("abort", cancel, { once: true });
    const cancellation = {
      over: over.signal,
      cancelled: AbortSignal.any([over.signal, run.stop.signal]),
    };
    try {
      return await limits.rounds.run(async () => {
        const winner = await firstAnswer({
          count: trackers.length,
          ask: async (index) => await this.#announceTo(trackers[index], cancellation),
          patienceMs: (index) => (index === 0 ? firstMs : othersMs),
          timers,
        });
        if (winner !== undefined && this.#run === run) this.#recordAnswer(winner);
        return winner;
      }, cancellation.cancelled);
    } catch (error) {
      if (run.stop.signal.aborted) return undefined;
      throw error;
    } finally {
      run.end.signal.removeEventListener("abort", cancel);
      over.abort();
    }
  }

  /** @returns Undefined when the tracker failed, or was given up. */
  async #announceTo(
    tracker: Tracker | undefined,
    { over, cancelled }: Cancellation,
  ): Promise<Winner | undefined> {
    if (tracker === undefined || cancelled.aborted) return undefined;
    const event = this.#eventFor(tracker);
    const signal = event === "completed" ? over : cancelled;
    tracker.mayKnowUs = true;
    const deadlineMs = this.#isFirst ? firstDeadlineMs : announceDeadlineMs;
    try {
      const sent = this.#send(tracker, event, { deadlineMs, signal });
      if (event === "completed") tracker.completing = sent;
      const announced = await sent;
      if (signal.aborted) return undefined;
      if (event === "started") tracker.heardStarted = true;
      if (event === "completed") this.#completedPending = false;
      return { tracker, ...announced };
    } catch (error) {
      if (!cancelled.aborted) this.#recordFailure(tracker, error);
      return undefined;
    } finally {
      tracker.completing = undefined;
    }
  }

  #eventFor(tracker: Tracker): AnnounceEvent | undefined {
    if (!tracker.heardStarted) return "started";
    return this.#completedPending ? "completed" : undefined;
  }

  #send(
    tracker: Tracker,
    event: AnnounceEvent | undefined,
    limits: { readonly deadlineMs: number; readonly signal: AbortSignal },
  ): Promise<Announced> {
    const { uploaded, downloaded, left } = this.#environment.counters();
    return announceOnce(this.#environment.http, tracker.url, {
      ...this.#environment.identity,
      uploaded: uploaded - this.#before.uploaded,
      downloaded: downloaded - this.#before.downloaded,
      left,
      ...(event !== undefined && { event }),
      ...(tracker.trackerId !== undefined && { trackerId: tracker.trackerId }),
      ...limits,
    });
  }

  /** @returns The tracker that gets `completed` at the stop, if it is not sent yet. */
  #completedDueAt(informed: readonly Tracker[]): Tracker | undefined {
    if (!this.#completedPending) return undefined;
    if (informed.some(({ completing }) => completing !== undefined)) return undefined;
    return informed.find(({ heardStarted }) => heardStarted);
  }

  async #announceStop(
    tracker: Tracker,
    farewell: { readonly isCompletedDue: boolean; readonly patience: Promise<void> },
    signal: AbortSignal,
  ): Promise<void> {
    tracker.mayKnowUs = false;
    tracker.heardStarted = false;
    const limits = { deadlineMs: stopDeadlineMs, signal };
    const announce = async (): Promise<void> => {
      const completed = farewell.isCompletedDue
        ? this.#announceCompleted(tracker, limits)
        : tracker.completing;
      await Promise.race([Promise.allSettled([completed]), farewell.patience]);
      await this.#send(tracker, "stopped", limits);
    };
    try {
      await this.#environment.limits.stops.run(announce, signal);
    } catch {
      // Not retried: the tracker drops us by its own time-out.
    }
  }

  async #announceCompleted(
    tracker: Tracker,
    limits: { readonly deadlineMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    await this.#send(tracker, "completed", limits);
    this.#completedPending = false;
  }

  #recordAnswer({ tracker, reply }: Winner): void {
    this.#isFirst = false;
    this.#tiers.answered(tracker, reply);
    const nowMs = this.#environment.clock.nowMs();
    const hungrySeconds = Math.min(reply.intervalSeconds, reply.minIntervalSeconds ?? 60);
    this.#intervalAtMs = nowMs + reply.intervalSeconds * 1000;
    this.#forPeersAtMs = nowMs + hungrySeconds * 1000;
  }

  #recordFailure(tracker: Tracker, error: unknown): void {
    // An unreachable tracker does not know us; a known tracker may come back.
    if (!tracker.heardStarted) tracker.mayKnowUs = false;
    tracker.failures++;
    tracker.isWorking = false;
    const { code, message } = asFault(error, "tracker-failed");
    tracker.error = message;
    this.#environment.failed(tracker.url, code, message);
  }

  #retryDelayMs(): number {
    const delayMs = firstRetryMs * 2 ** Math.min(10, this.#failuresInARow - 1);
    return Math.min(delayMs, longestRetryMs) * (0.75 + 0.5 * this.#environment.random.next());
  }
}
