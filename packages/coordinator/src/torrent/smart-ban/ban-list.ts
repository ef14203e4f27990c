// Addresses banned for an hour: an internet host with all its ports, since those of incoming connections mean nothing,
// a local host per port.

import { LazyMap } from "@troupe/actor-runtime";
import { quarantineKey } from "@troupe/messages";

const banMs = 3_600_000;
/** Bans of a torrent; beyond them the oldest ban is forgotten. */
const banLimit = 10_000;

/** The bans of a torrent. */
export class BanList {
  /** When each ban ends, the oldest first. */
  readonly #ends = new LazyMap<string, number>();

  add(host: string, port: number, nowMs: number): void {
    if (this.#ends.size >= banLimit) {
      const oldest = this.#ends.keys().next().value;
      if (oldest !== undefined) this.#ends.delete(oldest);
    }
    this.#ends.set(quarantineKey(host, port), nowMs + banMs);
  }

  /** @returns When the ban ends; 0 without a ban. */
  endMs(host: string, port: number): number {
    if (this.#ends.size === 0) return 0;
    return this.#ends.get(quarantineKey(host, port)) ?? 0;
  }
}
