import type { Random } from "../../ports/random.ts";

/** Properties of both directions between two machines. */
export interface RouteConditions {
  /** One way, without the bytes' own time. */
  readonly latencyMs: number;
  /** Maximum addition for each chunk. Chunks of a connection keep their order. */
  readonly jitterMs: number;
  /** Shared by the connections of a direction, in addition to the lines of the two machines. */
  readonly bytesPerSecond: number;
  /** Chunks have seeded lengths, cut anywhere. */
  readonly longestChunkBytes: number;
  /** Bytes of a connection that were sent and that the other end has not read. At least two chunks. */
  readonly windowBytes: number;
  /** From 0 to 1, that a chunk resets its connection. */
  readonly resetChance: number;
}

/** A home connection of 100 Mbit/s across a country. */
export const usualConditions: RouteConditions = {
  latencyMs: 20,
  jitterMs: 5,
  bytesPerSecond: 12_500_000,
  longestChunkBytes: 65_536,
  windowBytes: 262_144,
  resetChance: 0,
};

/** From a machine to itself. */
export const loopbackConditions: RouteConditions = {
  latencyMs: 0.05,
  jitterMs: 0.02,
  bytesPerSecond: 2_000_000_000,
  longestChunkBytes: 65_536,
  windowBytes: 262_144,
  resetChance: 0,
};

/** One direction between two machines. */
export class SimulatedRoute {
  conditions: RouteConditions;
  readonly #random: Random;
  /** Departure time of the last byte sent. */
  #freeAtMs = 0;
  #isBlackHole = false;
  readonly #stalled = new Set<() => void>();

  constructor(conditions: RouteConditions, random: Random) {
    this.conditions = conditions;
    this.#random = random;
  }

  /** Delivers nothing, without an error. */
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

  whenOpen(goOn: () => void): void {
    this.#stalled.add(goOn);
  }

  /** @returns the virtual time of departure. */
  departureMs(nowMs: number, lengthBytes: number): number {
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startMs + (lengthBytes / this.conditions.bytesPerSecond) * 1000;
    return this.#freeAtMs;
  }

  travelMs(): number {
    return this.conditions.latencyMs + this.#random.next() * this.conditions.jitterMs;
  }

  /** Half of the chunks have the maximum length. */
  chunkBytes(mostBytes: number): number {
    const longest = Math.min(mostBytes, this.conditions.longestChunkBytes);
    if (this.#random.next() < 0.5) return longest;
    return 1 + this.#random.integer(longest);
  }

  breaksConnection(): boolean {
    return this.conditions.resetChance > 0 && this.#random.next() < this.conditions.resetChance;
  }
}
