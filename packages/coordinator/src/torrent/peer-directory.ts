// The addresses known for one torrent and the order in which they are dialled: untried ones first, in the
// order they came; then those that once worked or failed, after a pause that doubles with each failure.
// Bounded: at 20,000 addresses a new one replaces the failed one that is tried last, or is refused.

import { classifyAddress } from "@troupe/protocol";

export const directoryLimit = 20_000;
/** While more untried addresses than this wait, a dial is given up sooner (design: dead lists must not hold up). */
const crowdedAt = 1_000;
const dialTimeoutMs = 15_000;
const crowdedDialTimeoutMs = 2_000;
const firstRetryMs = 30_000;
const longestRetryMs = 3_600_000;
const banMs = 3_600_000;

/** `user`: typed by hand or by the library's caller; trackers are `local` or `internet` by their own address. */
export type AddressSource = "user" | "tracker-local" | "tracker-internet" | "incoming";

interface Known {
  readonly host: string;
  readonly port: number;
  state: "untried" | "waiting" | "dialling" | "connected";
  failures: number;
  /** Monotonic; dialled again at the earliest then. */
  nextTryMs: number;
  /** It said that it has everything: not dialled while we have everything too. */
  isSeed: boolean;
}

/** Addresses of one torrent. */
export class PeerDirectory {
  readonly #known = new Map<string, Known>();
  readonly #untried: Known[] = [];
  #untriedHead = 0;
  readonly #banned = new Map<string, number>();

  get size(): number {
    return this.#known.size;
  }

  get untriedCount(): number {
    return this.#untried.length - this.#untriedHead;
  }

  /** Time-out of the next dial in milliseconds. */
  get dialTimeoutMs(): number {
    return this.untriedCount > crowdedAt ? crowdedDialTimeoutMs : dialTimeoutMs;
  }

  /** @returns whether the address was new and is accepted from this source. */
  add(host: string, port: number, source: AddressSource): boolean {
    const scope = classifyAddress(host);
    if (scope === "refused" || (scope === "local" && source === "tracker-internet")) return false;
    const key = addressKey(host, port);
    const known = this.#known.get(key);
    if (known !== undefined) {
      if (source === "user") known.nextTryMs = 0;
      return false;
    }
    if (this.#known.size >= directoryLimit && !this.#makeRoom()) return false;
    const entry: Known = { host, port, state: "untried", failures: 0, nextTryMs: 0, isSeed: false };
    this.#known.set(key, entry);
    this.#untried.push(entry);
    return true;
  }

  /**
   * The next address to dial, marked as being dialled.
   * @param mayRetry Whether an address that was tried before may be taken (re-tries are limited per second).
   */
  next(
    nowMs: number,
    mayRetry: boolean,
    weAreSeed: boolean,
  ): { host: string; port: number; isRetry: boolean } | undefined {
    const untried = this.#nextUntried();
    if (untried !== undefined) return { host: untried.host, port: untried.port, isRetry: false };
    if (!mayRetry) return undefined;
    let best: Known | undefined;
    for (const known of this.#known.values()) {
      if (known.state !== "waiting" || known.nextTryMs > nowMs) continue;
      if (weAreSeed && known.isSeed) continue;
      if (this.isBanned(known.host, known.port, nowMs)) continue;
      if (best === undefined || known.failures < best.failures) best = known;
    }
    if (best === undefined) return undefined;
    best.state = "dialling";
    return { host: best.host, port: best.port, isRetry: true };
  }

  connected(host: string, port: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    known.state = "connected";
    known.failures = 0;
  }

  /** A dial that came to nothing. */
  failed(host: string, port: number, nowMs: number): void {
    this.#wait(host, port, nowMs, (known) => {
      known.failures++;
      return Math.min(firstRetryMs * 2 ** (known.failures - 1), longestRetryMs);
    });
  }

  /** A connection that stood has ended; `again` asks for it back at once (our own worker crashed). */
  closed(host: string, port: number, nowMs: number, again: boolean): void {
    this.#wait(host, port, nowMs, () => (again ? 0 : firstRetryMs));
  }

  markSeed(host: string, port: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known !== undefined) known.isSeed = true;
  }

  /** Sets an address aside for an hour. */
  ban(host: string, port: number, nowMs: number): void {
    if (this.#banned.size >= 10_000) {
      const oldest = this.#banned.keys().next().value;
      if (oldest !== undefined) this.#banned.delete(oldest);
    }
    this.#banned.set(addressKey(host, port), nowMs + banMs);
  }

  isBanned(host: string, port: number, nowMs: number): boolean {
    const until = this.#banned.get(addressKey(host, port));
    return until !== undefined && until > nowMs;
  }

  #nextUntried(): Known | undefined {
    while (this.#untriedHead < this.#untried.length) {
      const known = this.#untried[this.#untriedHead++];
      if (this.#untriedHead === this.#untried.length) {
        this.#untried.length = 0;
        this.#untriedHead = 0;
      }
      if (known?.state !== "untried") continue;
      known.state = "dialling";
      return known;
    }
    return undefined;
  }

  #wait(host: string, port: number, nowMs: number, pauseMs: (known: Known) => number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    known.state = "waiting";
    known.nextTryMs = nowMs + pauseMs(known);
  }

  #makeRoom(): boolean {
    let worst: [string, Known] | undefined;
    for (const entry of this.#known) {
      const known = entry[1];
      if (known.state !== "waiting" || known.failures === 0) continue;
      if (worst === undefined || known.nextTryMs > worst[1].nextTryMs) worst = entry;
    }
    if (worst === undefined) return false;
    return this.#known.delete(worst[0]);
  }
}

/** `1.2.3.4:6881` or `[2001:db8::1]:6881`. */
export function addressKey(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
