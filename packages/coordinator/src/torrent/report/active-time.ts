/** The work of a torrent in the swarm; `none` also while it is paused. */
export type Activity = "none" | "download" | "seed";

/** The time of a torrent in the swarm, in this engine. */
export class ActiveTime {
  #activeMs = 0;
  #downloadMs = 0;
  #activity: Activity = "none";
  #lookedAtMs = 0;

  /** Whole seconds in the swarm, until the last look. */
  get activeSeconds(): number {
    return Math.floor(this.#activeMs / 1000);
  }

  /** The part of them in which wanted pieces were missing. */
  get downloadSeconds(): number {
    return Math.floor(this.#downloadMs / 1000);
  }

  /**
   * Counts the time since the last look for the activity of that look. An idle torrent is looked at every ten seconds, and
   * each torrent at a change of its state.
   *
   * @param nowMs Monotonic.
   */
  look(nowMs: number, activity: Activity): void {
    const passedMs = nowMs - this.#lookedAtMs;
    if (this.#activity !== "none") this.#activeMs += passedMs;
    if (this.#activity === "download") this.#downloadMs += passedMs;
    this.#activity = activity;
    this.#lookedAtMs = nowMs;
  }
}
