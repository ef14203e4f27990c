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

/**
 * Gates of an engine that announces nothing yet.
 *
 * @param connections With trackers at once, 1 or more. A round may use several when trackers are silent.
 */
export function announceGates(connections: number): AnnounceGates {
  const rounds = Math.min(roundsAtOnce, Math.ceil(connections / 2));
  const farewells = Math.min(farewellsAtOnce, connections);
  return { rounds: new Gate(rounds), farewells: new Gate(farewells) };
}
