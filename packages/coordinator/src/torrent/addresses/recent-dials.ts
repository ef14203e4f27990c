// Dials of about the last minute, over all torrents, by host or by network. Sources may name every address of a victim's
// network, further ports of each, and each of them in many torrents.

/** A minute, and the time that a dial may take from its count to its first packet, on a busy machine too. */
const windowMs = 65_000;
/** More than the hosts or networks that an engine can dial in a minute. */
const keyLimit = 20_000;

/** `first`: of an untried address. `again`: of an address that has not answered before. */
export type DialKind = "first" | "again";

type DialTimes = Readonly<Record<DialKind, number[]>>;

/** The times of the last dials, by the key of their host, or of their network (IPv4 /24, IPv6 /48). */
export class RecentDials {
  /** The oldest last dial is first. */
  readonly #times = new Map<string, DialTimes>();

  get size(): number {
    return this.#times.size;
  }

  /** Dials of this kind that may begin now, of `limit` in the window. */
  room(key: string, kind: DialKind, nowMs: number, limit: number): number {
    return limit - this.#timesOf(key, kind, nowMs).length;
  }

  /** When a dial of this kind may begin, of `limit` in the window; `nowMs` when it may now. */
  opensAtMs(key: string, kind: DialKind, nowMs: number, limit: number): number {
    const times = this.#timesOf(key, kind, nowMs);
    const last = times[times.length - limit];
    return last === undefined ? nowMs : last + windowMs;
  }

  began(key: string, kind: DialKind, nowMs: number): void {
    this.#forgetOld(nowMs);
    const times = this.#times.get(key) ?? { first: [], again: [] };
    times[kind].push(nowMs);
    this.#times.delete(key);
    this.#times.set(key, times);
  }

  /** Times of dials that still count, the oldest first. */
  #timesOf(key: string, kind: DialKind, nowMs: number): readonly number[] {
    const times = this.#times.get(key)?.[kind];
    if (times === undefined) return [];
    const current = times.findIndex((atMs) => nowMs - atMs < windowMs);
    times.splice(0, current === -1 ? times.length : current);
    return times;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { first, again }] of this.#times) {
      const lastMs = Math.max(first.at(-1) ?? -Infinity, again.at(-1) ?? -Infinity);
      if (nowMs - lastMs < windowMs && this.#times.size < keyLimit) return;
      this.#times.delete(key);
    }
  }
}
