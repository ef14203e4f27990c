// The addresses known for one torrent and the order in which they are dialled: untried ones first, in the
// order they came; then those that once worked or failed, after a pause that doubles with each failure.
// Bounded: at 20,000 addresses a new one replaces the failed one that is tried last, or is refused.

import { classifyAddress } from "@troupe/protocol";

/** Addresses known for one torrent at most. */
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
  /** Waiting after a failure: these make room for new ones. */
  readonly #replaceable = new Set<Known>();
  /** Some of them, sorted once for many: the one that is tried last is at the end. */
  #leaving: Known[] = [];
  /** When each ban ends. */
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
      else if (source !== "incoming") vouchFor(known);
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
    const untried = this.#nextUntried(nowMs);
    if (untried !== undefined) return { host: untried.host, port: untried.port, isRetry: false };
    if (!mayRetry) return undefined;
    let best: Known | undefined;
    for (const known of this.#known.values()) {
      if (known.state !== "waiting" || known.nextTryMs > nowMs) continue;
      if (weAreSeed && known.isSeed) continue;
      if (best !== undefined && known.failures >= best.failures) continue;
      if (!this.isBanned(known.host, known.port, nowMs)) best = known;
    }
    if (best === undefined) return undefined;
    this.#enter(best, "dialling");
    return { host: best.host, port: best.port, isRetry: true };
  }

  connected(host: string, port: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    known.failures = 0;
    this.#enter(known, "connected");
  }

  /** A dial that came to nothing. */
  failed(host: string, port: number, nowMs: number): void {
    this.#wait(host, port, nowMs, (known) => {
      known.failures++;
      return retryPauseMs(known);
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

  /**
   * Sets an address aside for an hour: a host of the internet with all its ports, since the ports of incoming
   * connections mean nothing; of a local one this port alone.
   */
  ban(host: string, port: number, nowMs: number): void {
    if (this.#banned.size >= 10_000) {
      const oldest = this.#banned.keys().next().value;
      if (oldest !== undefined) this.#banned.delete(oldest);
    }
    this.#banned.set(banKey(host, port), nowMs + banMs);
  }

  isBanned(host: string, port: number, nowMs: number): boolean {
    if (this.#banned.size === 0) return false;
    const until = this.#banned.get(banKey(host, port));
    return until !== undefined && until > nowMs;
  }

  #nextUntried(nowMs: number): Known | undefined {
    while (this.#untriedHead < this.#untried.length) {
      const known = this.#untried[this.#untriedHead++];
      this.#dropHead();
      if (known?.state !== "untried") continue;
      const isBanned = this.isBanned(known.host, known.port, nowMs);
      this.#enter(known, isBanned ? "waiting" : "dialling");
      if (!isBanned) return known;
    }
    return undefined;
  }

  /** Gives the front of the queue back once it is longer than what waits. */
  #dropHead(): void {
    if (this.#untriedHead * 2 < this.#untried.length) return;
    this.#untried.splice(0, this.#untriedHead);
    this.#untriedHead = 0;
  }

  #wait(host: string, port: number, nowMs: number, pauseMs: (known: Known) => number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    known.nextTryMs = nowMs + pauseMs(known);
    this.#enter(known, "waiting");
  }

  #enter(known: Known, state: Known["state"]): void {
    known.state = state;
    if (state === "waiting" && known.failures > 0) this.#replaceable.add(known);
    else this.#replaceable.delete(known);
  }

  #makeRoom(): boolean {
    if (this.#leaving.length === 0) {
      // Sorted for as many newcomers as there are candidates: a tracker may name thousands at once.
      this.#leaving = [...this.#replaceable].sort((a, b) => a.nextTryMs - b.nextTryMs);
    }
    for (let known = this.#leaving.pop(); known !== undefined; known = this.#leaving.pop()) {
      if (!this.#replaceable.delete(known)) continue;
      return this.#known.delete(addressKey(known.host, known.port));
    }
    return false;
  }
}

/** Until an address that has failed so often is dialled again. */
function retryPauseMs({ failures }: Known): number {
  return Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
}

/**
 * A tracker names an address that has failed here: others seem to reach it, so one failure is forgiven. A seeder that
 * was away for half an hour would be dialled half an hour after its return otherwise.
 */
function vouchFor(known: Known): void {
  if (known.state !== "waiting" || known.failures <= 1) return;
  known.nextTryMs -= retryPauseMs(known);
  known.failures--;
  known.nextTryMs += retryPauseMs(known);
}

function banKey(host: string, port: number): string {
  return classifyAddress(host) === "local" ? addressKey(host, port) : host;
}

/** `1.2.3.4:6881` or `[2001:db8::1]:6881`. */
export function addressKey(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
