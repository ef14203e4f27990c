// The way from one machine to another: how long it takes, how much fits through, and what goes wrong on it.

import type { Random } from "../ports/random.ts";

/** What a way between two machines is like, each way alike. */
export interface RouteConditions {
  /** One way, without the time that the bytes themselves take. */
  readonly latencyMs: number;
  /** Up to this much is added to the latency of each chunk. Chunks of a connection stay in order. */
  readonly jitterMs: number;
  /** Shared by all connections of the way, in each direction. */
  readonly bytesPerSecond: number;
  /** Bytes arrive in chunks of seeded lengths, cut at any place, none longer than this. */
  readonly longestChunkBytes: number;
  /** Chance, from 0 to 1, that a chunk is not carried but resets its connection. */
  readonly resetChance: number;
}

/** A home connection of 100 Mbit/s to the other side of a country. */
export const usualConditions: RouteConditions = {
  latencyMs: 20,
  jitterMs: 5,
  bytesPerSecond: 12_500_000,
  longestChunkBytes: 65_536,
  resetChance: 0,
};

/** From a machine to itself. */
export const loopbackConditions: RouteConditions = {
  latencyMs: 0.05,
  jitterMs: 0.02,
  bytesPerSecond: 2_000_000_000,
  longestChunkBytes: 65_536,
  resetChance: 0,
};

/** One direction between two machines. */
export class SimulatedRoute {
  conditions: RouteConditions;
  readonly #random: Random;
  /** When the last byte that was sent so far has left. */
  #freeAtMs = 0;
  #isBlackHole = false;
  readonly #stalled = new Set<() => void>();

  constructor(conditions: RouteConditions, random: Random) {
    this.conditions = conditions;
    this.#random = random;
  }

  /** Nothing arrives, and nobody is told. */
  get isBlackHole(): boolean {
    return this.#isBlackHole;
  }

  set isBlackHole(isBlackHole: boolean) {
    this.#isBlackHole = isBlackHole;
    if (isBlackHole) return;
    const stalled = [...this.#stalled];
    this.#stalled.clear();
    for (const goOn of stalled) goOn();
  }

  /** Calls `goOn` once, when the way carries again. */
  whenOpen(goOn: () => void): void {
    this.#stalled.add(goOn);
  }

  /** Takes the line for `lengthBytes`. @returns the virtual time at which they have left. */
  departureMs(nowMs: number, lengthBytes: number): number {
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startMs + (lengthBytes / this.conditions.bytesPerSecond) * 1000;
    return this.#freeAtMs;
  }

  /** How long the next thing is under way once it has left. */
  travelMs(): number {
    return this.conditions.latencyMs + this.#random.next() * this.conditions.jitterMs;
  }

  /** Length of the next chunk when `mostBytes` could go. Half of the chunks are as long as they can be. */
  chunkBytes(mostBytes: number): number {
    const longest = Math.min(mostBytes, this.conditions.longestChunkBytes);
    if (this.#random.next() < 0.5) return longest;
    return 1 + this.#random.integer(longest);
  }

  breaksConnection(): boolean {
    return this.conditions.resetChance > 0 && this.#random.next() < this.conditions.resetChance;
  }
}
