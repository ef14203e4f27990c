// Dials of about the last minute, over all torrents, by network. Sources may name every address of a victim's network, and
// further ports of each.

/** A minute, and the time that a dial may take from its count to its first packet, on a busy machine too. */
const windowMs = 65_000;
/** Dials of each kind into a network in any minute. */
const dialLimit = 30;
/** More than the networks that an engine can dial in a minute. */
const networkLimit = 20_000;

/** `first`: of an untried address. `again`: of an address that has not answered before. */
export type DialKind = "first" | "again";

type DialTimes = Readonly<Record<DialKind, number[]>>;

/** The times of the last dials, by the key of their network (IPv4 /24, IPv6 /48). */
export class NetworkDials {
  /** The oldest last dial is first. */
  readonly #times = new Map<string, DialTimes>();

  get size(): number {
    return this.#times.size;
  }

  /** Dials of this kind into the network that may begin now. */
  room(network: string, kind: DialKind, nowMs: number): number {
    return dialLimit - this.#timesOf(network, kind, nowMs).length;
  }

  /** When a dial of this kind into the network may begin; `nowMs` when it may now. */
  opensAtMs(network: string, kind: DialKind, nowMs: number): number {
    const times = this.#timesOf(network, kind, nowMs);
    const [oldest] = times;
    return oldest === undefined || times.length < dialLimit ? nowMs : oldest + windowMs;
  }

  began(network: string, kind: DialKind, nowMs: number): void {
    this.#forgetOld(nowMs);
    const times = this.#times.get(network) ?? { first: [], again: [] };
    times[kind].push(nowMs);
    this.#times.delete(network);
    this.#times.set(network, times);
  }

  /** Those that still count, the oldest first. */
  #timesOf(network: string, kind: DialKind, nowMs: number): readonly number[] {
    const times = this.#times.get(network)?.[kind];
    if (times === undefined) return [];
    const current = times.findIndex((atMs) => nowMs - atMs < windowMs);
    times.splice(0, current === -1 ? times.length : current);
    return times;
  }

  #forgetOld(nowMs: number): void {
    for (const [network, { first, again }] of this.#times) {
      const lastMs = Math.max(first.at(-1) ?? -Infinity, again.at(-1) ?? -Infinity);
      if (nowMs - lastMs < windowMs && this.#times.size < networkLimit) return;
      this.#times.delete(network);
    }
  }
}
