// The order in which torrents get download memory when it is not enough for all of them.

import { memoryPatienceMs, reserveAfterMs } from "./limits.ts";
import type { BuddyAllocator } from "./slab.ts";

const none: ReadonlySet<never> = new Set();

/** A torrent that takes memory for its pieces. */
export interface MemoryTaker {
  /** 0: it has no open piece; 1: it has some; 2: it used its last extent for nothing. The lowest rank goes first. */
  memoryRank(nowMs: number): 0 | 1 | 2;
  /** It begins or ceases to wait for memory. */
  noteMemoryWait(isWaiting: boolean): void;
}

/** A torrent that waits for an extent. */
export interface MemoryWait<Taker> {
  readonly taker: Taker;
  readonly sinceMs: number;
  /** Length of the piece that it could not open. */
  lengthBytes: number;
  hasTried: boolean;
}

/**
 * Gives extents to torrents. While none waits, each gets what it asks for. A torrent that is refused waits; from then on
 * extents are given out at the end of a turn, by rank and then by the time waited, an equal share of what is free to each.
 *
 * For the first in the queue an area is reserved once it has waited a second: small pieces fill every gap, and a large
 * extent would never come together. A torrent that has not tried between two ticks (its peers choke us, it is paused or
 * closed) waits no more.
 */
export class MemoryQueue<Taker extends MemoryTaker> {
  readonly #memory: BuddyAllocator;
  readonly #wake: () => void;
  /** In the order in which they came. */
  readonly #waiting = new Map<Taker, MemoryWait<Taker>>();
  /** The torrent whose turn it is, and the bytes that are left of its share. */
  #served: Taker | undefined;
  #shareBytes = 0;
  #reserved:
    | { readonly taker: Taker; readonly extentBytes: number; inUseBytes: number }
    | undefined;

  /** @param wake Has {@link shareOut} called at the end of the turn. */
  constructor(memory: BuddyAllocator, wake: () => void) {
    this.#memory = memory;
    this.#wake = wake;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  isWaiting(taker: Taker): boolean {
    return this.#waiting.has(taker);
  }

  /** @returns The extent's offset; −1 when there is none of its size, or others go first: then `taker` waits. */
  allocate(taker: Taker, lengthBytes: number, nowMs: number): number {
    const mayTake = this.#mayTake(taker);
    const offset = mayTake ? this.#take(taker, lengthBytes) : -1;
    if (offset < 0) {
      const isNew = this.#wait(taker, lengthBytes, nowMs);
      if (isNew && !mayTake) this.#wake();
      return -1;
    }
    this.leave(taker);
    this.#shareBytes -= this.#memory.extentBytes(lengthBytes);
    return offset;
  }

  /**
   * Gives each torrent that waits its share of what is free.
   *
   * @param serve Lets a torrent open pieces.
   * @returns The torrents that have had their turn.
   */
  shareOut(nowMs: number, serve: (taker: Taker) => void): ReadonlySet<Taker> {
    if (this.isEmpty) return none;
    const inTurn = this.#inTurn(nowMs);
    const share = Math.max(1, this.#memory.freeBytes / inTurn.length);
    for (const { taker } of inTurn) {
      this.#served = taker;
      this.#shareBytes = share;
      serve(taker);
    }
    this.#served = undefined;
    this.#reserve(nowMs);
    return new Set(inTurn.map(({ taker }) => taker));
  }

  /** Those without an open piece that have waited so long that others give way, the first in turn first. */
  overdue(nowMs: number): MemoryWait<Taker>[] {
    return [...this.#waiting.values()].filter(
      ({ taker, sinceMs }) => nowMs - sinceMs >= memoryPatienceMs && taker.memoryRank(nowMs) === 0,
    );
  }

  /** Once a second. Another area may be chosen when nothing of the reserved one was freed in it. */
  passSecond(): void {
    for (const wait of this.#waiting.values()) {
      if (!wait.hasTried) this.leave(wait.taker);
      wait.hasTried = false;
    }
    if (this.#reserved === undefined) return;
    const inUseBytes = this.#memory.reservedInUseBytes ?? 0;
    if (inUseBytes === this.#reserved.inUseBytes) this.#endReservation();
    else this.#reserved.inUseBytes = inUseBytes;
  }

  /** The torrent waits no more. */
  leave(taker: Taker): void {
    if (!this.#waiting.delete(taker)) return;
    taker.noteMemoryWait(false);
    if (this.#reserved?.taker === taker) this.#endReservation();
  }

  /** Those that wait, the first in turn first. */
  #inTurn(nowMs: number): MemoryWait<Taker>[] {
    const ranks: MemoryWait<Taker>[][] = [[], [], []];
    for (const wait of this.#waiting.values()) ranks[wait.taker.memoryRank(nowMs)]?.push(wait);
    return ranks.flat();
  }

  #mayTake(taker: Taker): boolean {
    if (this.#served === taker && this.#shareBytes > 0) return true;
    return this.#waiting.size === (this.#waiting.has(taker) ? 1 : 0);
  }

  #take(taker: Taker, lengthBytes: number): number {
    if (this.#reserved?.taker !== taker) return this.#memory.allocate(lengthBytes);
    const offset = this.#memory.allocateReserved(lengthBytes);
    if (offset >= 0) return offset;
    // A shorter last piece, say, has no use for all of the area.
    const isSameSize = this.#reserved.extentBytes === this.#memory.extentBytes(lengthBytes);
    if (!isSameSize) this.#endReservation();
    return this.#memory.allocate(lengthBytes);
  }

  #wait(taker: Taker, lengthBytes: number, nowMs: number): boolean {
    const wait = this.#waiting.get(taker);
    if (wait !== undefined) {
      wait.hasTried = true;
      wait.lengthBytes = lengthBytes;
      return false;
    }
    this.#waiting.set(taker, { taker, sinceMs: nowMs, lengthBytes, hasTried: true });
    taker.noteMemoryWait(true);
    return true;
  }

  #reserve(nowMs: number): void {
    const [first] = this.#inTurn(nowMs);
    if (first === undefined || this.#reserved?.taker === first.taker) return;
    if (nowMs - first.sinceMs < reserveAfterMs) return;
    const { taker, lengthBytes } = first;
    this.#endReservation();
    if (!this.#memory.reserve(lengthBytes)) return;
    const extentBytes = this.#memory.extentBytes(lengthBytes);
    this.#reserved = { taker, extentBytes, inUseBytes: this.#memory.reservedInUseBytes ?? 0 };
  }

  #endReservation(): void {
    this.#reserved = undefined;
    this.#memory.endReservation();
  }
}
