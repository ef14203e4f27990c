// Who may come in: hosts that probe, that break the rules or that come too often stay outside for a minute.

import { AddressTally } from "./address-tally.ts";
import { maxAcceptsPerMinute, maxFaultsPerMinute, maxProbesPerMinute } from "./limits.ts";

/** Why a connection is closed unread. */
export type TurnedAway = "too-many-probes" | "too-many-faults" | "too-many-connections";

/** What is known of the hosts that connect to us. */
export class Door {
  readonly #probes: AddressTally;
  readonly #faults: AddressTally;
  readonly #accepts: AddressTally;

  constructor(nowMs: () => number) {
    this.#probes = new AddressTally(nowMs, maxProbesPerMinute);
    this.#faults = new AddressTally(nowMs, maxFaultsPerMinute);
    this.#accepts = new AddressTally(nowMs, maxAcceptsPerMinute);
  }

  /** A connection from `host`. @returns Why it may not stay, if it may not. */
  turnsAway(host: string): TurnedAway | undefined {
    if (this.#faults.isOverdone(host)) return "too-many-faults";
    if (this.#probes.isOverdone(host)) return "too-many-probes";
    if (this.#accepts.isOverdone(host)) return "too-many-connections";
    this.#accepts.note(host);
    return undefined;
  }

  /** `host` named a torrent that is not ours, or spoke no BitTorrent. */
  noteProbe(host: string): void {
    this.#probes.note(host);
  }

  /** A peer at `host` broke a rule and was closed. */
  noteFault(host: string): void {
    this.#faults.note(host);
  }
}
