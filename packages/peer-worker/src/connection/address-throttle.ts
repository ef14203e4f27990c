// Who may come in: hosts that probe, that break the rules or that come too often stay outside for a minute.

import { AddressCounter } from "./address-counter.ts";
import { maxAcceptsPerMinute, maxFaultsPerMinute, maxProbesPerMinute } from "../limits.ts";

/** Why a connection is closed unread. */
export type ThrottleReason = "too-many-probes" | "too-many-faults" | "too-many-connections";

/** What is known of the hosts that connect to us. */
export class AddressThrottle {
  readonly #probes: AddressCounter;
  readonly #faults: AddressCounter;
  readonly #accepts: AddressCounter;

  constructor(nowMs: () => number) {
    this.#probes = new AddressCounter(nowMs, maxProbesPerMinute);
    this.#faults = new AddressCounter(nowMs, maxFaultsPerMinute);
    this.#accepts = new AddressCounter(nowMs, maxAcceptsPerMinute);
  }

  /** A connection from `host`. @returns Why it may not stay, if it may not. */
  throttle(host: string): ThrottleReason | undefined {
    if (this.#faults.isOverLimit(host)) return "too-many-faults";
    if (this.#probes.isOverLimit(host)) return "too-many-probes";
    if (this.#accepts.isOverLimit(host)) return "too-many-connections";
    this.#accepts.count(host);
    return undefined;
  }

  /** `host` named a torrent that is not ours, or spoke no BitTorrent. */
  noteProbe(host: string): void {
    this.#probes.count(host);
  }

  /** A peer at `host` broke a rule and was closed. */
  noteFault(host: string): void {
    this.#faults.count(host);
  }
}
