// How much of one engine's announcing is under way at once: a thousand torrents started together must not open a
// thousand connections, nor may the dead trackers of some keep the rest waiting for good.

import { Gate } from "../gate.ts";

const roundsAtOnce = 50;
const farewellsAtOnce = 100;

/** The bounds of one engine, shared by all its announcers. */
export interface AnnounceGates {
  /** Torrents that ask their trackers. */
  readonly rounds: Gate;
  /** Trackers that are told `stopped`. */
  readonly farewells: Gate;
}

/** Gates of an engine that announces nothing yet. */
export function announceGates(): AnnounceGates {
  return { rounds: new Gate(roundsAtOnce), farewells: new Gate(farewellsAtOnce) };
}
