// Dials of hearsay that met no peer, over all torrents. The host may be a victim's: liars name it in many torrents, on
// many ports, and again after it was forgotten.

import type { Clock } from "@troupe/actor-runtime";
import { addressKey, subscriberOf } from "@troupe/protocol";

/** Dials of a host an hour. */
const dialLimit = 2;
const rememberedMs = 3_600_000;
/** As many hosts as get a first dial of hearsay in an hour. */
const hostLimit = 108_000;

interface HostDials {
  count: number;
  lastMs: number;
}

/** The dials of hearsay of the last hour, by host; an IPv6 /64 is a host, and a local address with its port. */
export class HearsayDials {
  readonly #clock: Pick<Clock, "nowMs">;
  /** The oldest last dial is first. */
  readonly #dials = new Map<string, HostDials>();

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#dials.size;
  }

  mayDial(host: string, port: number): boolean {
    const dials = this.#dials.get(hostKey(host, port));
    if (dials === undefined || dials.count < dialLimit) return true;
    return this.#clock.nowMs() - dials.lastMs >= rememberedMs;
  }

  began(host: string, port: number): void {
    this.#forgetOld();
    const key = hostKey(host, port);
    const count = (this.#dials.get(key)?.count ?? 0) + 1;
    this.#dials.delete(key);
    this.#dials.set(key, { count, lastMs: this.#clock.nowMs() });
  }

  /** The dial met a peer, or this machine could not begin it. */
  undo(host: string, port: number): void {
    const key = hostKey(host, port);
    const dials = this.#dials.get(key);
    if (dials === undefined) return;
    dials.count--;
    if (dials.count === 0) this.#dials.delete(key);
  }

  #forgetOld(): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, { lastMs }] of this.#dials) {
      if (nowMs - lastMs < rememberedMs && this.#dials.size < hostLimit) return;
      this.#dials.delete(key);
    }
  }
}

function hostKey(host: string, port: number): string {
  return subscriberOf(host) ?? addressKey(host, port);
}
