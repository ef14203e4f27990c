// Figures are news when they differ from those that the user was told. The time of seeding alone is news after a minute.

import type { TorrentProgress } from "@troupe/messages";

const seedSecondsStep = 60;

/** The figures that the user of a torrent was told last. */
export class ToldProgress {
  #told: TorrentProgress | undefined;
  #isStill = false;

  /** Whether the figures did not change between the last two looks, and nothing was reported since. */
  get isStill(): boolean {
    return this.#isStill;
  }

  /** Notes the figures of an event. */
  tell(progress: TorrentProgress): void {
    this.#told = progress;
    this.#isStill = false;
  }

  /** Something changes that figures may follow: the next look is not left out. */
  disturb(): void {
    this.#isStill = false;
  }

  /** @returns Whether the user should be told of these figures. */
  isNews(progress: TorrentProgress): boolean {
    this.#isStill = this.#told !== undefined && areSame(this.#told, progress);
    return !this.#isStill;
  }
}

function areSame(
  { lifetime: earlierLifetime, ...earlier }: TorrentProgress,
  { lifetime, ...later }: TorrentProgress,
): boolean {
  const names = Object.keys(later) as (keyof typeof later)[];
  const seconds = (lifetime?.seedSeconds ?? 0) - (earlierLifetime?.seedSeconds ?? 0);
  return (
    seconds < seedSecondsStep &&
    (lifetime === undefined) === (earlierLifetime === undefined) &&
    // A figure that is absent is undefined in the other.
    (later.etaSeconds === undefined) === (earlier.etaSeconds === undefined) &&
    names.every((name) => later[name] === earlier[name])
  );
}
