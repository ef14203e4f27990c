// When, and to which trackers, a torrent announces (BEP 3, BEP 7, BEP 12, BEP 15, BEP 31).
//
// A tier announcer announces to one of its trackers at a time. Each tracker gets `started` first, over each address family;
// `completed` goes out once, before any `stopped`, which goes to every tracker that may know us.

import type { AnnounceMode } from "@troupe/control";
import type { TrackerStatus } from "@troupe/messages";
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
  readonly farewell: Promise<void>;
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
   * The torrent turned out to be private. It stays with one tracker that replied; the trackers that are not its own,
   * and its other ones, get `stopped`.
   */
  setPrivateTrackers(tiers: AnnouncedTrackers["tiers"]): void {
    const run = this.#run;
    const before = this.#tiers.inOrder();
    const own = new Set(tiers.flat());
    const kept = before.find(({ url, isKnown }) => isKnown && own.has(url));
    this.#trackers = { tiers, mode: "strict", isPrivate: true };
    this.#tiers = this.#makeTiers(kept);
    if (run === undefined) return;
    const left = before.filter((tracker) =>
      own.has(tracker.url) ? tracker.isKnown && tracker !== kept : true,
    );
    this.#startTiers(this.#makeRun(this.#stopTrackers(run, left)));
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

  /** @param kept The new tracker of its URL continues what this one began. */
  #makeTiers(kept?: AnnouncedTracker): TrackerTiers {
    const { tiers, isPrivate } = this.#trackers;
    const torrent = { environment: this.#environment, figures: this.#figures, isPrivate };
    return new TrackerTiers(tiers, this.#environment.random, (url, tier) => {
      const before = url === kept?.url ? kept : undefined;
      return new AnnouncedTracker(url, tier, torrent, before);
    });
  }

  #makeRun(farewell: Promise<void>): Run {
    const [stop, end] = [new AbortController(), new AbortController()];
    this.#run = { stop, end, farewell, tiers: [] };
    return this.#run;
  }

  #startTiers(run: Run): void {
    const tiers = this.#tiers;
    const { mode, isPrivate } = this.#trackers;
    for (const tracker of tiers.inOrder()) tracker.begin();
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
