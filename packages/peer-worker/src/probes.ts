// Who tries out info-hashes on us: known by address, for a minute, bounded.

import { classifyAddress } from "@troupe/protocol";

import { maxProbesPerMinute } from "./limits.ts";

const windowMs = 60_000;
const maxAddresses = 4_096;

interface Prober {
  readonly sinceMs: number;
  count: number;
}

/**
 * Unknown info-hashes by address. Local addresses are not counted: many clients of one machine or home share them
 * (address policy).
 */
export class Probes {
  readonly #nowMs: () => number;
  readonly #probers: Map<string, Prober> = new Map<string, Prober>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A handshake from `host` named a torrent that is not ours. */
  note(host: string): void {
    if (classifyAddress(host) !== "internet") return;
    const prober = this.#recent(host);
    if (prober !== undefined) {
      prober.count++;
      return;
    }
    if (this.#probers.size === maxAddresses) {
      for (const oldest of this.#probers.keys()) {
        this.#probers.delete(oldest);
        break;
      }
    }
    this.#probers.set(host, { sinceMs: this.#nowMs(), count: 1 });
  }

  /** Whether connections from `host` are closed unread for the rest of its minute. */
  isOverdone(host: string): boolean {
    return (this.#recent(host)?.count ?? 0) >= maxProbesPerMinute;
  }

  #recent(host: string): Prober | undefined {
    const prober = this.#probers.get(host);
    if (prober === undefined || this.#nowMs() - prober.sinceMs < windowMs) return prober;
    this.#probers.delete(host);
    return undefined;
  }
}
