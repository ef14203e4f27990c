// The announcers of a torrent: one for each hash that names it on the wire. A hybrid has two swarms at a tracker, which get the
// same totals. A private torrent has one announcer, because its tracker credits the differences of totals: two series would
// count twice.

import type { TrackerStatus, TrackerWait } from "@troupe/messages";
import type { InfoHash } from "@troupe/protocol/units";
import { Announcer, type AnnouncedTrackers } from "./announcer.ts";
import type { AnnouncerEnvironment } from "./announcer-environment.ts";

/** The hashes of a torrent; a private one is announced by the first. */
type AnnouncedHashes = readonly [InfoHash, ...InfoHash[]];

/** Makes the environment of the announcer of a hash. */
type MakeEnvironment = (hash: InfoHash) => AnnouncerEnvironment;

/** Started and stopped with the torrent. */
export class Announcers {
  readonly #makeEnvironment: MakeEnvironment;
  /** The first hash goes first. */
  #all: readonly (readonly [hash: InfoHash, announcer: Announcer])[];
  /** Stops of announcers whose hash is not announced any more. */
  #farewell: Promise<unknown> = Promise.resolve();
  #isStarted = false;

  constructor(
    trackers: AnnouncedTrackers,
    hashes: AnnouncedHashes,
    makeEnvironment: MakeEnvironment,
  ) {
    this.#makeEnvironment = makeEnvironment;
    this.#all = this.#make(trackers, hashes, []);
  }

  /** Calls {@link Announcer.start} for each hash. */
  start(): void {
    this.#isStarted = true;
    for (const [, announcer] of this.#all) announcer.start();
  }

  /** Calls {@link Announcer.completed} for each hash. */
  completed(): void {
    for (const [, announcer] of this.#all) announcer.completed();
  }

  /** Calls {@link Announcer.portChanged} for each hash. */
  portChanged(): void {
    for (const [, announcer] of this.#all) announcer.portChanged();
  }

  /** Calls {@link Announcer.networkChanged} for each hash. */
  networkChanged(): void {
    for (const [, announcer] of this.#all) announcer.networkChanged();
  }

  /** Calls {@link Announcer.request} for each hash; a tracker has the longer wait. */
  request(): TrackerWait[] | undefined {
    const [first, ...others] = this.#all.map(([, announcer]) => announcer.request());
    return first?.map((wait) => {
      const all = others.flatMap((waits) => waits?.filter(({ url }) => url === wait.url) ?? []);
      return { ...wait, inSeconds: Math.max(wait.inSeconds, ...all.map((each) => each.inSeconds)) };
    });
  }

  /** Calls {@link Announcer.announceForPeers} for each hash. */
  announceForPeers(): void {
    for (const [, announcer] of this.#all) announcer.announceForPeers();
  }

  /** Calls {@link Announcer.stop} for each hash. */
  async stop(counted?: Promise<unknown>): Promise<void> {
    this.#isStarted = false;
    await Promise.all([
      this.#farewell,
      ...this.#all.map(([, announcer]) => announcer.stop(counted)),
    ]);
  }

  /**
   * Takes trackers as {@link Announcer.setTrackers} does, and the hashes: the metadata of a magnet names others, or is private. Trackers get
   * `stopped` for a hash that is left.
   */
  follow(trackers: AnnouncedTrackers, hashes: AnnouncedHashes): void {
    const before = this.#all;
    this.#all = this.#make(trackers, hashes, before);
    const kept = new Set(this.#all.map(([hash]) => hash));
    for (const [hash, announcer] of before) {
      if (kept.has(hash)) announcer.setTrackers(trackers);
      else this.#farewell = Promise.all([this.#farewell, announcer.stop()]);
    }
    if (this.#isStarted) this.start();
  }

  /** Whether a tracker takes the first hash. */
  takesFirst(url: string): boolean {
    const rows = this.#all[0]?.[1].status() ?? [];
    return rows.some((row) => row.url === url && row.isWorking);
  }

  /** One row a tracker, which works if it takes one hash of the torrent. */
  status(): TrackerStatus[] {
    const [first = [], ...others] = this.#all.map(([, announcer]) => announcer.status());
    if (others.length === 0) return first;
    return first.map((row) =>
      others.flat().reduce((one, other) => (other.url === row.url ? joined(one, other) : one), row),
    );
  }

  #make(
    trackers: AnnouncedTrackers,
    hashes: AnnouncedHashes,
    before: readonly (readonly [InfoHash, Announcer])[],
  ): readonly (readonly [InfoHash, Announcer])[] {
    const known = new Map(before);
    const announced = trackers.isPrivate ? hashes.slice(0, 1) : hashes;
    return announced.map((hash) => {
      const make = (): Announcer => new Announcer(trackers, this.#makeEnvironment(hash));
      return [hash, known.get(hash) ?? make()] as const;
    });
  }
}

/** The row of a tracker from those of two hashes: peers are one more swarm's, counts those of the larger one. */
function joined(one: TrackerStatus, other: TrackerStatus): TrackerStatus {
  const [shown, hidden] = tellsMore(other, one) ? [other, one] : [one, other];
  const complete = larger(shown.complete, hidden.complete);
  const incomplete = larger(shown.incomplete, hidden.incomplete);
  const nextInSeconds = smaller(shown.nextInSeconds, hidden.nextInSeconds);
  return {
    ...shown,
    peers: Math.max(shown.peers, hidden.peers),
    ...(complete !== undefined && { complete }),
    ...(incomplete !== undefined && { incomplete }),
    ...(nextInSeconds !== undefined && { nextInSeconds }),
  };
}

/** A row that works tells more than a row with a failure, and a failure more than no answer so far. */
function tellsMore(one: TrackerStatus, other: TrackerStatus): boolean {
  if (one.isWorking || other.isWorking) return !other.isWorking;
  return other.error === undefined && one.error !== undefined;
}

function larger(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
