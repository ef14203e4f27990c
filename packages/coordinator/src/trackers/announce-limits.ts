// A thousand torrents started together must not open a thousand connections, and dead trackers of some must not keep
// the rest waiting.

import { ConcurrencyLimit } from "../concurrency-limit.ts";

const roundsAtOnce = 50;
const stopsAtOnce = 100;

/** Limits of an engine's announces under way, shared by all announcers. */
export interface AnnounceLimits {
  /** Torrents in an announce round. */
  readonly rounds: ConcurrencyLimit;
  /** Announces of `stopped`. */
  readonly stops: ConcurrencyLimit;
}

/** @param connections With trackers at once, 1 or more. A round may use several when trackers are silent. */
export function announceLimits(connections: number): AnnounceLimits {
  const rounds = Math.min(roundsAtOnce, Math.ceil(connections / 2));
  const farewells = Math.min(stopsAtOnce, connections);
  return { rounds: new ConcurrencyLimit(rounds), stops: new ConcurrencyLimit(farewells) };
}
