// How much of one engine's announcing is under way at once: a thousand torrents started together must not open a
// thousand connections, nor may the dead trackers of some keep the rest waiting for good.

import { ConcurrencyLimit } from "../concurrency-limit.ts";

const roundsAtOnce = 50;
const stopsAtOnce = 100;

/** The bounds of one engine, shared by all its announcers. */
export interface AnnounceLimits {
  /** Torrents that ask their trackers. */
  readonly rounds: ConcurrencyLimit;
  /** Trackers that are told `stopped`. */
  readonly stops: ConcurrencyLimit;
}

/**
 * Gates of an engine that announces nothing yet.
 *
 * @param connections With trackers at once, 1 or more. A round may use several when trackers are silent.
 */
export function announceLimits(connections: number): AnnounceLimits {
  const rounds = Math.min(roundsAtOnce, Math.ceil(connections / 2));
  const farewells = Math.min(stopsAtOnce, connections);
  return { rounds: new ConcurrencyLimit(rounds), stops: new ConcurrencyLimit(farewells) };
}
