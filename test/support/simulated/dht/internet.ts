// Addresses and travel times of a simulated internet.

import { classifyAddress } from "@troupe/protocol/address";
import type { Random } from "@troupe/actor-runtime";
import type { SeededRandom } from "@troupe/actor-runtime/simulated";

/** Where a machine is: a point of a plane whose distances are milliseconds one way, and the way to its provider. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly accessMs: number;
}

/** Europe, North America, Asia. A light path between two of them takes 50, 83 and 113 ms. */
const continents = [
  { x: 0, y: 0, share: 0.4 },
  { x: 50, y: 0, share: 0.3 },
  { x: 85, y: 75, share: 0.3 },
] as const;
/** A machine is up to this far from the middle of its continent, along each axis. */
const spreadMs = 20;
const leastAccessMs = 3;
const meanAccessMs = 8;
const meanJitterMs = 4;
/** Share of the datagrams that wait in the full upload queue of a home. */
const queuedShare = 0.02;
const meanQueueMs = 200;

/** Addresses, each in a network of its own unless it is wanted otherwise, and the travel time between any two. */
export class SimulatedInternet {
  readonly #random: SeededRandom;
  readonly #networks = new Set<string>();
  readonly #places = new Map<string, Place>();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** @returns The first three bytes of an IPv4 network that no machine has, as `45.10.2`. */
  newNetwork(): string {
    for (;;) {
      const network = [1, 2, 3].map(() => this.#random.integer(256)).join(".");
      if (this.#networks.has(network) || classifyAddress(`${network}.1`) !== "internet") continue;
      this.#networks.add(network);
      return network;
    }
  }

  /** @returns An address in a network of its own. */
  newHost(): string {
    return `${this.newNetwork()}.${1 + this.#random.integer(254)}`;
  }

  /** Travel time of one datagram between two hosts. */
  travelMs(from: string, to: string, random: Random): number {
    const [a, b] = [this.#placeOf(from), this.#placeOf(to)];
    const wayMs = Math.hypot(a.x - b.x, a.y - b.y) + a.accessMs + b.accessMs;
    const queueMs = random.next() < queuedShare ? exponential(random, meanQueueMs) : 0;
    return wayMs + exponential(random, meanJitterMs) + queueMs;
  }

  #placeOf(host: string): Place {
    const known = this.#places.get(host);
    if (known !== undefined) return known;
    const random = this.#random.fork(host);
    const continent = continentAt(random.next());
    const place = {
      x: continent.x + (2 * random.next() - 1) * spreadMs,
      y: continent.y + (2 * random.next() - 1) * spreadMs,
      accessMs: leastAccessMs + exponential(random, meanAccessMs),
    };
    this.#places.set(host, place);
    return place;
  }
}

/** @returns An exponentially distributed time. */
export function exponential(random: Random, meanMs: number): number {
  return -meanMs * Math.log(1 - random.next());
}

function continentAt(draw: number): { readonly x: number; readonly y: number } {
  let sum = 0;
  for (const continent of continents) {
    sum += continent.share;
    if (draw < sum) return continent;
  }
  return continents[0];
}
