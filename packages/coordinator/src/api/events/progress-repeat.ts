import type { TorrentState } from "@troupe/messages";

/** The time after which unchanged figures come again. */
export const progressRepeatMs = 1_000;

/** The engine does not repeat the figures of a torrent at rest. A user gets `progress` each second nevertheless. */
export class ProgressRepeat {
  /** State of the last figures; undefined: they do not come again. */
  #state: TorrentState | undefined;
  /** They came since the last second. */
  #isFresh = false;

  /** Figures came in this state. */
  reported(state: TorrentState): void {
    this.#state = state;
    this.#isFresh = true;
  }

  /** A second has passed. @returns Whether the last figures are to come again: they are those of the present state. */
  passSecond(state: TorrentState): boolean {
    const wasFresh = this.#isFresh;
    this.#isFresh = false;
    if (this.#state !== state) this.#state = undefined;
    return this.#state !== undefined && !wasFresh;
  }
}
