// Places for announces: thousands of torrents that start together share the places and the pace of one transport.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";

/** Bounds of one transport. */
export interface PlaceBounds {
  /** Announces at once. */
  readonly places: number;
  /** Announces at once to one host while another host is waited for. */
  readonly placesPerHost: number;
  /** Announces that begin in a second, after a burst of as many as there are places. */
  readonly perSecond: number;
}

/** A request for a place. */
export interface PlaceRequest {
  /** Name of the tracker's host. */
  readonly host: string;
  /** Seeds wait behind downloads. */
  readonly isSeed: boolean;
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
  readonly downloads: Set<Waiter>;
  readonly seeds: Set<Waiter>;
}

/** Hands out places: downloads before seeds, then the host that holds fewest, then in the order of the requests. */
export class AnnouncePlaces {
  readonly #bounds: PlaceBounds;
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
    bounds: PlaceBounds,
    { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  ) {
    this.#bounds = bounds;
    this.#clock = clock;
    this.#timers = timers;
    this.#allowance = bounds.places;
    this.#allowanceAtMs = clock.nowMs();
  }

  /** Requests that wait. */
  get waiting(): number {
    let waiting = 0;
    for (const { downloads, seeds } of this.#hosts.values()) waiting += downloads.size + seeds.size;
    return waiting;
  }

  /**
   * Waits for a place.
   *
   * @returns Frees the place; to be called once.
   * @throws rejects with the signal's reason.
   */
  async take({ host, isSeed, signal }: PlaceRequest): Promise<() => void> {
    signal.throwIfAborted();
    const queue = this.#queueOf(host);
    const line = isSeed ? queue.seeds : queue.downloads;
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
      if (this.#allowance < 1) return this.#waitForAllowance();
      this.#allowance--;
      this.#held++;
      next.queue.held++;
      next.waiter.enter();
    }
  }

  #next(): { readonly queue: HostQueue; readonly waiter: Waiter } | undefined {
    let best: { readonly queue: HostQueue; readonly waiter: Waiter; rank: number } | undefined;
    for (const queue of this.#hosts.values()) {
      const isDownload = queue.downloads.size > 0;
      const [waiter] = isDownload ? queue.downloads : queue.seeds;
      if (waiter === undefined) continue;
      const isFull = queue.held >= this.#bounds.placesPerHost;
      // A full host comes after all others, however urgent its torrents are.
      const rank = (isFull ? 2 : 0) + (isDownload ? 0 : 1);
      const isBefore =
        best === undefined ||
        rank < best.rank ||
        (rank === best.rank && isFirst(queue, waiter, best));
      if (isBefore) best = { queue, waiter, rank };
    }
    return best;
  }

  #growAllowance(): void {
    const { places, perSecond } = this.#bounds;
    const nowMs = this.#clock.nowMs();
    const grown = ((nowMs - this.#allowanceAtMs) / 1_000) * perSecond;
    this.#allowance = Math.min(places, this.#allowance + grown);
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
    const queue = this.#hosts.get(host) ?? { held: 0, downloads: new Set(), seeds: new Set() };
    this.#hosts.set(host, queue);
    return queue;
  }

  #forgetIdle(host: string, queue: HostQueue): void {
    if (queue.held === 0 && queue.downloads.size === 0 && queue.seeds.size === 0) {
      this.#hosts.delete(host);
    }
  }
}

function isFirst(
  queue: HostQueue,
  waiter: Waiter,
  best: { readonly queue: HostQueue; readonly waiter: Waiter },
): boolean {
  if (queue.held !== best.queue.held) return queue.held < best.queue.held;
  return waiter.number < best.waiter.number;
}
