// Dials of unverified addresses that met no peer, over all torrents. The host may be a victim's: liars name it in many
// torrents, on many ports, and again after it was forgotten.

import type { Clock } from "@troupe/actor-runtime";

/** Dials of a host an hour. */
const dialLimit = 2;
const rememberedMs = 3_600_000;
/** A dial and its handshake: until then it may meet its peer. */
const underWayMs = 10_000;
/**
 * Hosts that are remembered, as many as get a first dial of an unverified address in an hour; beyond it the oldest is
 * forgotten.
 */
const hostLimit = 108_000;

/** `later`: the last dials may still meet their peers, and do not count then. */
export type DialPermit = "now" | "later" | "no";

interface HostDials {
  count: number;
  lastMs: number;
}

/** The dials of unverified addresses of the last hour, by the key of their host. */
export class UnverifiedDials {
  readonly #clock: Pick<Clock, "nowMs">;
  /** The oldest last dial is first. */
  readonly #dials = new Map<string, HostDials>();

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#dials.size;
  }

  permit(host: string): DialPermit {
    const dials = this.#dials.get(host);
    if (dials === undefined || dials.count < dialLimit) return "now";
    const sinceMs = this.#clock.nowMs() - dials.lastMs;
    if (sinceMs >= rememberedMs) return "now";
    return sinceMs < underWayMs ? "later" : "no";
  }

  began(host: string): void {
    this.#forgetOld();
    const count = (this.#dials.get(host)?.count ?? 0) + 1;
    this.#dials.delete(host);
    this.#dials.set(host, { count, lastMs: this.#clock.nowMs() });
  }

  /** The dial met a peer, or this machine could not begin it. */
  undo(host: string): void {
    const dials = this.#dials.get(host);
    if (dials === undefined) return;
    dials.count--;
    if (dials.count === 0) this.#dials.delete(host);
  }

  #forgetOld(): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, { lastMs }] of this.#dials) {
      if (nowMs - lastMs < rememberedMs && this.#dials.size < hostLimit) return;
      this.#dials.delete(key);
    }
  }
}
