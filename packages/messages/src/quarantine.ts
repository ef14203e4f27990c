// The quarantine of addresses: those that a thread was handling at two of its crashes in the same step.

import { classifyAddress } from "@troupe/protocol";

/** Addresses in quarantine at once; one more and the oldest is forgotten. */
export const mostQuarantined = 1_000;

/** One address, and for how long. */
export interface QuarantinedAddress {
  readonly host: string;
  readonly port: number;
  /** Milliseconds from now. */
  readonly forMs: number;
}

/** A host of the internet stands for all its ports: those of incoming connections mean nothing. A local one does not. */
export function quarantineKey(host: string, port: number): string {
  return classifyAddress(host) === "local" ? `${host} ${port}` : host;
}

interface Entry {
  readonly host: string;
  readonly port: number;
  readonly untilMs: number;
}

/** The addresses in quarantine, on the clock of one thread. */
export class Quarantine {
  readonly #entries = new Map<string, Entry>();

  add({ host, port, forMs }: QuarantinedAddress, nowMs: number): void {
    const key = quarantineKey(host, port);
    this.#entries.delete(key);
    if (this.#entries.size >= mostQuarantined) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { host, port, untilMs: nowMs + forMs });
  }

  has(host: string, port: number, nowMs: number): boolean {
    if (this.#entries.size === 0) return false;
    const entry = this.#entries.get(quarantineKey(host, port));
    return entry !== undefined && entry.untilMs > nowMs;
  }

  /** What is in quarantine still, as a newcomer is told of it. */
  list(nowMs: number): QuarantinedAddress[] {
    return [...this.#entries.values()]
      .filter(({ untilMs }) => untilMs > nowMs)
      .map(({ host, port, untilMs }) => ({ host, port, forMs: untilMs - nowMs }));
  }
}
