// Refuses hosts that probe, break rules or connect too often, for a minute.

import { AddressCounter } from "./address-counter.ts";
import {
  maxAcceptsPerMinute,
  maxEncryptedPerMinute,
  maxFaultsPerMinute,
  maxProbesPerMinute,
} from "../limits.ts";

/** Why a connection is closed unread. */
type ThrottleReason = "too-many-probes" | "too-many-faults" | "too-many-connections";

/** Counters of the hosts that connect to us. */
export class AddressThrottle {
  readonly #probes: AddressCounter;
  readonly #faults: AddressCounter;
  readonly #encrypted: AddressCounter;
  readonly #accepts: AddressCounter;

  constructor(nowMs: () => number) {
    this.#probes = new AddressCounter(nowMs, maxProbesPerMinute);
    this.#faults = new AddressCounter(nowMs, maxFaultsPerMinute);
    this.#encrypted = new AddressCounter(nowMs, maxEncryptedPerMinute);
    this.#accepts = new AddressCounter(nowMs, maxAcceptsPerMinute);
  }

  /** @returns The reason to refuse the connection, if any. */
  throttle(host: string): ThrottleReason | undefined {
    if (this.#faults.isOverLimit(host)) return "too-many-faults";
    if (this.#probes.isOverLimit(host)) return "too-many-probes";
    if (this.#encrypted.isOverLimit(host) || this.#accepts.isOverLimit(host))
      return "too-many-connections";
    this.#accepts.count(host);
    return undefined;
  }

  /** `host` named a torrent that is not ours, or spoke no BitTorrent. */
  noteProbe(host: string): void {
    this.#probes.count(host);
  }

  /** A connection of `host` begins with a key, or with noise. */
  noteEncrypted(host: string): void {
    this.#encrypted.count(host);
  }

  noteFault(host: string): void {
    this.#faults.count(host);
  }
}
