import type { TorrentState } from "@troupe/messages";

/** The time after which unchanged figures come again. */
export const progressRepeatMs = 1_000;

/** The engine does not repeat the figures of a torrent at rest. A user gets `progress` each second all the same. */
export class ProgressRepeat {
  /** The state of the last figures, and whether they came since the last second. */
  #last: { readonly state: TorrentState; readonly isFresh: boolean } | undefined;

  /** Figures came in this state. */
  told(state: TorrentState): void {
    this.#last = { state, isFresh: true };
  }

  /** A second has passed. @returns Whether the last figures are to come again: they are those of the present state. */
  passSecond(state: TorrentState): boolean {
    const last = this.#last;
    this.#last = last?.state === state ? { state, isFresh: false } : undefined;
    return this.#last !== undefined && last?.isFresh === false;
  }
}
