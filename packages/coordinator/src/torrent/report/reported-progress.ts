// Progress is emitted when it changed; a change of `activeSeconds` alone at most once a minute.

import type { TorrentProgress } from "@troupe/messages";

const activeSecondsStep = 60;

/** The progress of a torrent that was emitted last. */
export class ReportedProgress {
  #last: TorrentProgress | undefined;
  /** Whether the figures did not change between the last two looks, and nothing was reported since. */
  isStill = false;

  /** Notes the figures of an event. */
  note(progress: TorrentProgress): void {
    this.#last = progress;
    this.isStill = false;
  }

  /** @returns Whether these figures should be emitted. */
  isNews(progress: TorrentProgress): boolean {
    this.isStill = this.#last !== undefined && areSame(this.#last, progress);
    return !this.isStill;
  }
}

function areSame(
  { lifetime: earlierLifetime, ...earlier }: TorrentProgress,
  { lifetime, ...later }: TorrentProgress,
): boolean {
  const names = Object.keys(later) as (keyof typeof later)[];
  const seconds = (lifetime?.activeSeconds ?? 0) - (earlierLifetime?.activeSeconds ?? 0);
  return (
    seconds < activeSecondsStep &&
    (lifetime === undefined) === (earlierLifetime === undefined) &&
    // A figure that is absent from one of them.
    names.length === Object.keys(earlier).length &&
    names.every((name) => later[name] === earlier[name])
  );
}
