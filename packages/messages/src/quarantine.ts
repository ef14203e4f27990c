import { classifyAddress } from "@troupe/protocol/address";

/** The oldest address beyond this is dropped. */
export const mostQuarantined = 1_000;

/** An address in quarantine. */
export interface QuarantinedAddress {
  readonly host: string;
  readonly port: number;
  /** Milliseconds from now. */
  readonly forMs: number;
}

/** An internet host covers all ports, because incoming connections have arbitrary ports. */
export function quarantineKey(host: string, port: number): string {
  return classifyAddress(host) === "local" ? `${host} ${port}` : host;
}

interface Entry {
  readonly host: string;
  readonly port: number;
  readonly untilMs: number;
}

/** Addresses that a thread was handling at two crashes in the same step, by the thread's clock. */
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

  /** Still quarantined, for a new worker. */
  list(nowMs: number): QuarantinedAddress[] {
    return [...this.#entries.values()]
      .filter(({ untilMs }) => untilMs > nowMs)
      .map(({ host, port, untilMs }) => ({ host, port, forMs: untilMs - nowMs }));
  }
}
