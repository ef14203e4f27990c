// What a user wants of a torrent: the library keeps it over engines, the engine and the record follow it.

/** Starts, stops and pauses alone change it. */
export interface Wish {
  /** It is to run, now and whenever the program does. */
  readonly run: boolean;
  readonly paused: boolean;
}

/** The wish for a torrent that was added and not started. */
export const noWish: Wish = { run: false, paused: false };
