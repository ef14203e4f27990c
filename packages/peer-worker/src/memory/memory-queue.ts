import type { TorrentWeight } from "@troupe/messages";

import { memoryPatienceMs, reserveAfterMs } from "../limits.ts";
import type { BuddyAllocator } from "./buddy-allocator.ts";

const none: ReadonlySet<never> = new Set();

/** A torrent that takes memory for its pieces. */
export interface MemoryTaker {
  readonly torrent: { readonly weight: TorrentWeight };
  /** 0: no open piece; 1: some; 2: no block came for the last extent. The lowest goes first. */
  memoryRank(nowMs: number): 0 | 1 | 2;
  /** Whether its disk keeps up, or leaves memory for other disks. */
  mayTakeExtent(extentBytes: number): boolean;
  /** Reports what the torrent waits for from now on. */
  noteMemoryWait(reason: MemoryWaitReason): void;
}

/** A torrent waits for memory, or for its disk, which holds too much memory. */
export type MemoryWaitReason = "nothing" | "memory" | "disk";

/** A torrent that waits for an extent. */
interface MemoryWait<Taker> {
  readonly taker: Taker;
  readonly sinceMs: number;
  lengthBytes: number;
  /** The torrent waits for its disk, not for memory. */
  isWaitingForDisk: boolean;
  hasTried: boolean;
}

/**
 * Gives extents to torrents. While no torrent waits, each gets what it asks for. Otherwise extents are given out at the
 * end of a turn: the lowest rank first, then the longest wait, a share of the free memory to each torrent. Waits and
 * shares are multiplied by the torrents' weights. A torrent whose disk is behind waits too, but no memory is kept or freed for it.
 *
 * After a second an area is reserved for the first torrent of the queue: small pieces fill every gap, and a large
 * extent would never form. A torrent that has not tried between two ticks (its peers choke us, it is paused or closed)
 * leaves the queue.
 */
export class MemoryQueue<Taker extends MemoryTaker> {
  readonly #memory: BuddyAllocator;
  readonly #wake: () => void;
  /** In order of arrival. */
  readonly #waiting = new Map<Taker, MemoryWait<Taker>>();
  #diskWaitCount = 0;
  /** With the bytes left of its share. */
  #served: Taker | undefined;
  #shareBytes = 0;
  #reserved:
    | { readonly taker: Taker; readonly extentBytes: number; inUseBytes: number }
    | undefined;

  /** @param wake Schedules {@link shareOut} for the end of the turn. */
  constructor(memory: BuddyAllocator, wake: () => void) {
    this.#memory = memory;
    this.#wake = wake;
  }

  /** For memory, not just its disk. */
  get isMemoryShort(): boolean {
    return this.#waiting.size > this.#diskWaitCount;
  }

  isWaiting(taker: Taker): boolean {
    return this.#waiting.has(taker);
  }

  /** @returns The extent's offset; −1 when none is free or others go first: then `taker` waits. */
  allocate(taker: Taker, lengthBytes: number, nowMs: number): number {
    const extentBytes = this.#memory.extentBytes(lengthBytes);
    const isWaitingForDisk = !taker.mayTakeExtent(extentBytes);
    const mayTake = !isWaitingForDisk && this.#mayTake(taker);
    const offset = mayTake ? this.#take(taker, lengthBytes) : -1;
    if (offset < 0) {
      const isNew = this.#wait(taker, lengthBytes, isWaitingForDisk, nowMs);
      if (isNew && !isWaitingForDisk && !mayTake) this.#wake();
      return -1;
    }
    this.leave(taker);
    this.#shareBytes -= extentBytes;
    return offset;
  }

  /**
   * Gives each waiting torrent its share of the free memory.
   *
   * @param serve Lets a torrent open pieces.
   * @returns The torrents served.
   */
  shareOut(nowMs: number, serve: (taker: Taker) => void): ReadonlySet<Taker> {
    if (this.#waiting.size === 0) return none;
    const waiting = this.#inOrder(nowMs);
    const { freeBytes } = this.#memory;
    const weights = this.#memoryWeight() || 1;
    for (const { taker } of waiting) {
      this.#served = taker;
      this.#shareBytes = Math.max(1, (freeBytes * taker.torrent.weight) / weights);
      serve(taker);
    }
    this.#served = undefined;
    this.#reserve(nowMs);
    return new Set(waiting.map(({ taker }) => taker));
  }

  /** Torrents without an open piece whose wait makes others give way; longest first. */
  overdue(nowMs: number): MemoryWait<Taker>[] {
    return [...this.#waiting.values()].filter(
      ({ taker, sinceMs, isWaitingForDisk }) =>
        !isWaitingForDisk && nowMs - sinceMs >= memoryPatienceMs && taker.memoryRank(nowMs) === 0,
    );
  }

  /** Once a second. Ends a reservation of which nothing was freed: another area may do. */
  tick(): void {
    for (const wait of this.#waiting.values()) {
      if (!wait.hasTried) this.leave(wait.taker);
      wait.hasTried = false;
    }
    if (this.#reserved === undefined) return;
    const inUseBytes = this.#memory.reservedInUseBytes ?? 0;
    if (inUseBytes === this.#reserved.inUseBytes) this.#endReservation();
    else this.#reserved.inUseBytes = inUseBytes;
  }

  leave(taker: Taker): void {
    const wait = this.#waiting.get(taker);
    if (wait === undefined) return;
    if (wait.isWaitingForDisk) this.#diskWaitCount--;
    this.#waiting.delete(taker);
    taker.noteMemoryWait("nothing");
    if (this.#reserved?.taker === taker) this.#endReservation();
  }

  #inOrder(nowMs: number): MemoryWait<Taker>[] {
    const ranks: MemoryWait<Taker>[][] = [[], [], []];
    let [lightest, heaviest] = [Infinity, 0];
    for (const wait of this.#waiting.values()) {
      ranks[wait.taker.memoryRank(nowMs)]?.push(wait);
      lightest = Math.min(lightest, wait.taker.torrent.weight);
      heaviest = Math.max(heaviest, wait.taker.torrent.weight);
    }
    // Torrents of one weight are in the order of arrival already.
    if (lightest < heaviest) for (const rank of ranks) rank.sort(longestFirst(nowMs));
    return ranks.flat();
  }

  /** The weights of the torrents that wait for memory, not just their disk. */
  #memoryWeight(): number {
    let weight = 0;
    for (const { taker, isWaitingForDisk } of this.#waiting.values())
      if (!isWaitingForDisk) weight += taker.torrent.weight;
    return weight;
  }

  #mayTake(taker: Taker): boolean {
    if (this.#served === taker && this.#shareBytes > 0) return true;
    const wait = this.#waiting.get(taker);
    const isAmongThem = wait !== undefined && !wait.isWaitingForDisk;
    return this.#waiting.size - this.#diskWaitCount === (isAmongThem ? 1 : 0);
  }

  #take(taker: Taker, lengthBytes: number): number {
    if (this.#reserved?.taker !== taker) return this.#memory.allocate(lengthBytes);
    const offset = this.#memory.allocateReserved(lengthBytes);
    if (offset >= 0) return offset;
    // A shorter last piece, for example, cannot use the whole area.
    const isSameSize = this.#reserved.extentBytes === this.#memory.extentBytes(lengthBytes);
    if (!isSameSize) this.#endReservation();
    return this.#memory.allocate(lengthBytes);
  }

  /** @returns Whether it did not wait before. */
  #wait(taker: Taker, lengthBytes: number, isWaitingForDisk: boolean, nowMs: number): boolean {
    const before = this.#waiting.get(taker);
    if (before?.isWaitingForDisk !== isWaitingForDisk) {
      taker.noteMemoryWait(isWaitingForDisk ? "disk" : "memory");
      this.#diskWaitCount += Number(isWaitingForDisk) - Number(before?.isWaitingForDisk ?? false);
      if (isWaitingForDisk && this.#reserved?.taker === taker) this.#endReservation();
    }
    if (before === undefined) {
      this.#waiting.set(taker, {
        taker,
        sinceMs: nowMs,
        lengthBytes,
        isWaitingForDisk,
        hasTried: true,
      });
      return true;
    }
    before.lengthBytes = lengthBytes;
    before.isWaitingForDisk = isWaitingForDisk;
    before.hasTried = true;
    return false;
  }

  #reserve(nowMs: number): void {
    const first = this.#inOrder(nowMs).find(({ isWaitingForDisk }) => !isWaitingForDisk);
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

/** Orders waits by their time, multiplied by the weight of the torrent; of equal waits the heavier comes first. */
function longestFirst(nowMs: number) {
  const lengthOf = ({ taker, sinceMs }: MemoryWait<MemoryTaker>): number =>
    (nowMs - sinceMs) * taker.torrent.weight;
  return (one: MemoryWait<MemoryTaker>, other: MemoryWait<MemoryTaker>): number =>
    lengthOf(other) - lengthOf(one) || other.taker.torrent.weight - one.taker.torrent.weight;
}
