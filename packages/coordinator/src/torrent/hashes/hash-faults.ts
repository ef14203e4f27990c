import { quarantineKey } from "@troupe/messages";

/** Addresses that are remembered; beyond them the oldest is forgotten. */
const mostAddresses = 1_000;

/** How often the peers of a torrent have sent wrong hashes, or hashes that were not asked. */
export class HashFaults {
  readonly #counts = new Map<string, number>();

  /** Counts a fault. @returns The faults of the address so far. */
  count({ host, port }: { readonly host: string; readonly port: number }): number {
    const key = quarantineKey(host, port);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.delete(key);
    this.#counts.set(key, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > mostAddresses && oldest !== undefined) this.#counts.delete(oldest);
    return count;
  }
}
