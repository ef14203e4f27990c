// A limit on requests: thousands of torrents that start together share the places and the pace of one transport.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";

/** Bounds of one transport. */
export interface RequestBounds {
  /** Announces at once. */
  readonly places: number;
  /** Announces at once to one host while another host is waited for. */
  readonly placesPerHost: number;
  /** Announces that begin in a second, after a burst. `stopped` does not wait for the pace. */
  readonly perSecond: number;
  readonly burst: number;
}

/** In the order in which places are given. `retry`: over one family, while the tracker works over the other one. */
const urgencies = ["stop-download", "stop-seed", "download", "seed", "retry"] as const;

/** How urgent an announce is. */
export type AnnounceUrgency = (typeof urgencies)[number];

const lastPaceless = urgencies.indexOf("stop-seed");

/** A request for a place. */
export interface LimitedRequest {
  /** Name of the tracker's host. */
  readonly host: string;
  readonly urgency: AnnounceUrgency;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly number: number;
  readonly enter: () => void;
}

/** The places of one host and those that wait for it, in order. */
interface HostQueue {
  held: number;
  /** By urgency. */
  readonly lines: readonly Set<Waiter>[];
}

interface Next {
  readonly queue: HostQueue;
  readonly waiter: Waiter;
  readonly rank: number;
  readonly isPaced: boolean;
}

/** Hands out places: the most urgent first, then the host that holds fewest, then in the order of the requests. */
export class RequestLimit {
  readonly #bounds: RequestBounds;
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** Hosts that hold places or are waited for. */
  readonly #hosts = new Map<string, HostQueue>();
  #held = 0;
  #lastNumber = 0;
  #allowance: number;
  #allowanceAtMs: number;
  #timer: Timer | undefined;

  constructor(
    bounds: RequestBounds,
    { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  ) {
    this.#bounds = bounds;
    this.#clock = clock;
    this.#timers = timers;
    this.#allowance = bounds.burst;
    this.#allowanceAtMs = clock.nowMs();
  }

  /** Requests that wait. */
  get waiting(): number {
    let waiting = 0;
    for (const { lines } of this.#hosts.values()) for (const line of lines) waiting += line.size;
    return waiting;
  }

  /**
   * Waits for a place.
   *
   * @returns Frees the place; to be called once.
   * @throws rejects with the signal's reason.
   */
  async take({ host, urgency, signal }: LimitedRequest): Promise<() => void> {
    signal.throwIfAborted();
    const queue = this.#queueOf(host);
    const line = queue.lines[urgencies.indexOf(urgency)];
    if (line === undefined) throw new Error(`bug: the urgency ${urgency}`);
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        line.delete(waiter);
        this.#forgetIdle(host, queue);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        number: this.#lastNumber++,
        enter: () => {
          line.delete(waiter);
          signal.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      signal.addEventListener("abort", giveUp, { once: true });
      line.add(waiter);
      this.#fill();
    });
    return () => this.#free(host, queue);
  }

  #free(host: string, queue: HostQueue): void {
    queue.held--;
    this.#held--;
    this.#forgetIdle(host, queue);
    this.#fill();
  }

  #fill(): void {
    this.#growAllowance();
    while (this.#held < this.#bounds.places) {
      const next = this.#next();
      if (next === undefined) return;
      if (next.isPaced) {
        if (this.#allowance < 1) return this.#waitForAllowance();
        this.#allowance--;
      }
      this.#held++;
      next.queue.held++;
      next.waiter.enter();
    }
  }

  #next(): Next | undefined {
    let best: Next | undefined;
    for (const queue of this.#hosts.values()) {
      const urgency = queue.lines.findIndex(({ size }) => size > 0);
      const [waiter] = queue.lines[urgency] ?? [];
      if (waiter === undefined) continue;
      // A full host comes after all others, however urgent its torrents are.
      const isFull = queue.held >= this.#bounds.placesPerHost;
      const rank = (isFull ? urgencies.length : 0) + urgency;
      const next = { queue, waiter, rank, isPaced: urgency > lastPaceless };
      if (best === undefined || isBefore(next, best)) best = next;
    }
    return best;
  }

  #growAllowance(): void {
    const { burst, perSecond } = this.#bounds;
    const nowMs = this.#clock.nowMs();
    const grown = ((nowMs - this.#allowanceAtMs) / 1_000) * perSecond;
    this.#allowance = Math.min(burst, this.#allowance + grown);
    this.#allowanceAtMs = nowMs;
  }

  #waitForAllowance(): void {
    if (this.#timer !== undefined) return;
    const missingMs = ((1 - this.#allowance) * 1_000) / this.#bounds.perSecond;
    this.#timer = this.#timers.after(Math.ceil(missingMs), () => {
      this.#timer = undefined;
      this.#fill();
    });
  }

  #queueOf(host: string): HostQueue {
    const queue = this.#hosts.get(host) ?? { held: 0, lines: urgencies.map(() => new Set()) };
    this.#hosts.set(host, queue);
    return queue;
  }

  #forgetIdle(host: string, queue: HostQueue): void {
    const isIdle = queue.held === 0 && queue.lines.every(({ size }) => size === 0);
    if (isIdle) this.#hosts.delete(host);
  }
}

function isBefore(one: Next, other: Next): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank;
  if (one.queue.held !== other.queue.held) return one.queue.held < other.queue.held;
  return one.waiter.number < other.waiter.number;
}
