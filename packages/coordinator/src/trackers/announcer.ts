// When, and to which trackers, a torrent announces (BEP 3, BEP 7, BEP 12, BEP 15, BEP 31).
//
// A tier announcer announces to one of its trackers at a time. Each tracker gets `started` first, over each address family;
// `completed` goes out once, before any `stopped`, which goes to every tracker that may know us.

import type { AnnounceMode } from "@troupe/control";
import type { TrackerStatus, TrackerWait } from "@troupe/messages";
import { AnnouncedTracker } from "./announced-tracker.ts";
import type { Farewell } from "./announce-options.ts";
import { AnnounceFigures } from "./announce-figures.ts";
import type { AnnouncerEnvironment } from "./announcer-environment.ts";
import { TierAnnouncer } from "./tier-announcer.ts";
import { TrackerTiers } from "./tracker-tiers.ts";

const stopDeadlineMs = 1_500;
/** `stopped` waits this long for the reply to `completed`: a command that stops when done sends both. */
const completedFirstMs = 700;

/** The trackers of a torrent and the rules of announces to them. */
export interface AnnouncedTrackers {
  /** URLs by tier. */
  readonly tiers: readonly (readonly string[])[];
  readonly mode: AnnounceMode;
  /** One tracker at a time, over one address family. */
  readonly isPrivate: boolean;
}

interface Run {
  /** Aborted by the stop: gives up all but `completed`. */
  readonly stop: AbortController;
  /** Aborted when the stop is over. */
  readonly end: AbortController;
  /** Settles when earlier trackers got `stopped`. */
  readonly farewell: Promise<unknown>;
  tiers: readonly TierAnnouncer[];
}

/** The announces of a torrent. Started and stopped with it. */
export class Announcer {
  readonly #environment: AnnouncerEnvironment;
  readonly #figures: AnnounceFigures;
  #trackers: AnnouncedTrackers;
  #tiers: TrackerTiers;
  #run: Run | undefined;

  constructor(trackers: AnnouncedTrackers, environment: AnnouncerEnvironment) {
    this.#environment = environment;
    this.#figures = new AnnounceFigures(environment);
    this.#trackers = trackers;
    this.#tiers = this.#makeTiers();
  }

  /** Announces at once, then by the trackers' intervals. Idempotent. */
  start(): void {
    if (this.#run !== undefined) return;
    this.#figures.begin();
    this.#startTiers(this.#makeRun(Promise.resolve()));
  }

  /** Sends `completed` once, to the trackers in use, over each address family that had `started`. */
  completed(): void {
    for (const tracker of this.#tiers.inOrder()) tracker.complete();
  }

  /** Announces our new port as early as each tracker in use permits. */
  portChanged(): void {
    for (const tracker of this.#tiers.inOrder()) tracker.portChanged();
  }

  /** Announces our new address at once, to each tracker in use that has not asked for a pause. */
  networkChanged(): void {
    for (const tier of this.#run?.tiers ?? []) tier.networkChanged();
  }

  /**
   * Announces now to the trackers in use that permit it.
   *
   * @returns The tracker in use of each order with the seconds until it permits an announce; undefined while the torrent
   *   is not started.
   */
  request(): TrackerWait[] | undefined {
    return this.#run?.tiers.flatMap((tier) => tier.request() ?? []);
  }

  /** Earlier than the trackers' intervals, since a download has no peers. */
  announceForPeers(): void {
    for (const tier of this.#run?.tiers ?? []) tier.plan();
  }

  /**
   * Sends `stopped` to trackers that got `started`, after a due `completed`; settles at most 1.5 s after `counted`,
   * whatever the trackers do.
   *
   * @param counted Settles when the counters have their last values. Default: they have them.
   */
  async stop(counted?: Promise<unknown>): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    endTiers(run);
    // Metadata that comes meanwhile may replace them.
    const trackers = this.#tiers.inOrder();
    if (counted !== undefined) await counted;
    this.#figures.end();
    await Promise.all([run.farewell, this.#stopTrackers(run, trackers)]);
  }

  /**
   * Replaces the trackers: of the user's change, or because the torrent turned out to be private. A tracker that stays
   * keeps its state. A private torrent keeps the state of one tracker, which has replied. The others get `stopped`. A
   * tracker that stays and wants no announce yet, or none at all (BEP 31), gets none.
   */
  setTrackers(trackers: AnnouncedTrackers): void {
    const run = this.#run;
    const before = this.#tiers.inOrder();
    const urls = new Set(trackers.tiers.flat());
    const known = before.filter(({ url, isKnown }) => isKnown && urls.has(url));
    const kept = trackers.isPrivate ? known.slice(0, 1) : known;
    this.#trackers = trackers;
    const nowMs = this.#environment.clock.nowMs();
    const unwilling = before.filter(
      ({ isKnown, url, wantedAtMs }) => !isKnown && wantedAtMs > nowMs && urls.has(url),
    );
    const continued = run === undefined ? [] : [...kept, ...unwilling];
    this.#tiers = this.#makeTiers(continued);
    if (run === undefined) return;
    const left = before.filter((tracker) => !urls.has(tracker.url) || known.includes(tracker));
    const leaving = left.filter((tracker) => !kept.includes(tracker));
    const farewell = Promise.all([run.farewell, this.#stopTrackers(run, leaving)]);
    this.#startTiers(this.#makeRun(farewell), continued);
  }

  /** In the order in which they are asked. */
  status(): TrackerStatus[] {
    const announced = this.#run?.tiers ?? [];
    const next = new Map(announced.map(({ next: { tracker, inSeconds } }) => [tracker, inSeconds]));
    return this.#tiers.inOrder().map((tracker) => {
      const nextInSeconds = next.get(tracker);
      return { ...tracker.status(), ...(nextInSeconds !== undefined && { nextInSeconds }) };
    });
  }

  /** @param kept Trackers whose state the new trackers of the same URLs take over. */
  #makeTiers(kept: readonly AnnouncedTracker[] = []): TrackerTiers {
    const { tiers, isPrivate } = this.#trackers;
    const torrent = { environment: this.#environment, figures: this.#figures, isPrivate };
    return new TrackerTiers(tiers, this.#environment.random, (url, tier) => {
      const before = kept.find((tracker) => tracker.url === url);
      return new AnnouncedTracker(url, tier, torrent, before);
    });
  }

  #makeRun(farewell: Run["farewell"]): Run {
    const [stop, end] = [new AbortController(), new AbortController()];
    this.#run = { stop, end, farewell, tiers: [] };
    return this.#run;
  }

  /** @param continued Trackers whose state holds. */
  #startTiers(run: Run, continued: readonly AnnouncedTracker[] = []): void {
    const tiers = this.#tiers;
    const { mode, isPrivate } = this.#trackers;
    const urls = new Set(continued.map(({ url }) => url));
    for (const tracker of tiers.inOrder()) if (!urls.has(tracker.url)) tracker.begin();
    const orders = tiers.orders(isPrivate ? "strict" : mode);
    // A signal takes as much memory as the rest of the announcer of a torrent without trackers.
    if (orders.length === 0) return;
    const signals = { stop: run.stop.signal, end: run.end.signal };
    const replied = (tracker: AnnouncedTracker): void => tiers.replied(tracker);
    const services = { environment: this.#environment, isPrivate, replied, signals };
    run.tiers = orders.map((order) => new TierAnnouncer({ ...services, order }));
  }

  async #stopTrackers(run: Run, trackers: readonly AnnouncedTracker[]): Promise<void> {
    const { timers } = this.#environment;
    endTiers(run);
    const patience = Promise.withResolvers<void>();
    const planned = [
      timers.after(completedFirstMs, patience.resolve),
      timers.after(stopDeadlineMs, () => run.end.abort()),
    ];
    const farewell: Farewell = {
      urgency: this.#environment.isSeed() ? "stop-seed" : "stop-download",
      deadlineMs: stopDeadlineMs,
      patience: patience.promise,
      end: run.end.signal,
    };
    await Promise.all(trackers.map((tracker) => tracker.stop(farewell)));
    for (const timer of planned) timer.cancel();
    run.end.abort();
  }
}

function endTiers(run: Run): void {
  run.stop.abort();
  for (const tier of run.tiers) tier.stop();
}
