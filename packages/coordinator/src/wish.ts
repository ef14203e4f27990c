/**
 * The last request of the user. The library keeps it over engines; the engine and the record follow it. Only starts,
 * stops and pauses change it.
 */
export interface Wish {
  /** The torrent runs whenever the program does. */
  readonly run: boolean;
  readonly paused: boolean;
}

/** The wish for a torrent that was added and not started. */
export const noWish: Wish = { run: false, paused: false };
