// Addresses that are kept away for a time: what they sent was in the hands of a thread at two of its deaths.

import { classifyAddress } from "@troupe/protocol";

/** Addresses set aside at once; one more and the oldest is forgotten. */
export const mostSetAside = 1_000;

/** One address, and for how long. */
export interface SetAsideAddress {
  readonly host: string;
  readonly port: number;
  /** Milliseconds from now. */
  readonly forMs: number;
}

/** A host of the internet stands for all its ports: those of incoming connections mean nothing. A local one does not. */
export function setAsideKey(host: string, port: number): string {
  return classifyAddress(host) === "local" ? `${host} ${port}` : host;
}

interface Entry {
  readonly host: string;
  readonly port: number;
  readonly untilMs: number;
}

/** The addresses that are set aside, on the clock of one thread. */
export class SetAside {
  readonly #entries = new Map<string, Entry>();

  add({ host, port, forMs }: SetAsideAddress, nowMs: number): void {
    const key = setAsideKey(host, port);
    this.#entries.delete(key);
    if (this.#entries.size >= mostSetAside) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { host, port, untilMs: nowMs + forMs });
  }

  has(host: string, port: number, nowMs: number): boolean {
    if (this.#entries.size === 0) return false;
    const entry = this.#entries.get(setAsideKey(host, port));
    return entry !== undefined && entry.untilMs > nowMs;
  }

  /** What is set aside still, as a newcomer is told of it. */
  list(nowMs: number): SetAsideAddress[] {
    return [...this.#entries.values()]
      .filter(({ untilMs }) => untilMs > nowMs)
      .map(({ host, port, untilMs }) => ({ host, port, forMs: untilMs - nowMs }));
  }
}
