// The members of each swarm, as the tracker must know them once it has answered all announces.

/** A client outside of its swarm, a leecher in it, or a seed. */
export const Membership = { out: 0, leecher: 1, seed: 2 } as const;

/** A state of a client in its swarm. */
export type Membership = (typeof Membership)[keyof typeof Membership];

/** Says that a swarm is not at rest. */
export const notAtRest = 0;

const never = -Infinity;

/**
 * A swarm is at rest while each change that a client announced has been answered. A client whose change gets no answer keeps
 * its swarm from rest until a later announce of the client is answered.
 */
export class SwarmCounts {
  readonly #swarms: number;
  readonly #known: Uint8Array;
  readonly #wished: Uint8Array;
  readonly #isUnsettled: Uint8Array;
  /** Order of the announce with the last change of a client. */
  readonly #changedBy: Float64Array;
  readonly #announcedAt: Float64Array;
  readonly #stoppedAt: Float64Array;
  readonly #leechers: Uint32Array;
  readonly #seeds: Uint32Array;
  readonly #unsettled: Uint32Array;
  readonly #versions: Float64Array;

  constructor(clients: number, swarms: number) {
    this.#swarms = swarms;
    this.#known = new Uint8Array(clients);
    this.#wished = new Uint8Array(clients);
    this.#isUnsettled = new Uint8Array(clients);
    this.#changedBy = new Float64Array(clients);
    this.#announcedAt = new Float64Array(clients).fill(never);
    this.#stoppedAt = new Float64Array(clients).fill(never);
    this.#leechers = new Uint32Array(swarms);
    this.#seeds = new Uint32Array(swarms);
    this.#unsettled = new Uint32Array(swarms);
    this.#versions = new Float64Array(swarms).fill(notAtRest + 1);
  }

  get clientCount(): number {
    return this.#known.length;
  }

  /** Clients join swarms in turns. */
  swarmOf(member: number): number {
    return member % this.#swarms;
  }

  /** An announce is sent. @param order Order of its request; later ones have higher ones. */
  sent(member: number, membership: Membership, order: number, nowMs: number): void {
    if (membership === Membership.out) this.#stoppedAt[member] = nowMs;
    this.#announcedAt[member] = nowMs;
    if (this.#wished[member] === membership) return;
    const swarm = this.swarmOf(member);
    this.#wished[member] = membership;
    this.#changedBy[member] = order;
    add(this.#versions, swarm, 1);
    if (this.#isUnsettled[member] === 1) return;
    this.#isUnsettled[member] = 1;
    add(this.#unsettled, swarm, 1);
  }

  /** The tracker has answered an announce. */
  answered(member: number, order: number): void {
    if (this.#isUnsettled[member] === 0 || order < (this.#changedBy[member] ?? 0)) return;
    const swarm = this.swarmOf(member);
    this.#count(swarm, this.#known[member] ?? 0, -1);
    this.#known[member] = this.#wished[member] ?? 0;
    this.#count(swarm, this.#known[member] ?? 0, 1);
    this.#isUnsettled[member] = 0;
    add(this.#unsettled, swarm, -1);
    add(this.#versions, swarm, 1);
  }

  /** @returns A number that changes with each change of the swarm; {@link notAtRest} while one is under way. */
  restOf(swarm: number): number {
    return this.#unsettled[swarm] === 0 ? (this.#versions[swarm] ?? 0) : notAtRest;
  }

  /** In a swarm at rest. */
  leechersOf(swarm: number): number {
    return this.#leechers[swarm] ?? 0;
  }

  /** In a swarm at rest. */
  seedsOf(swarm: number): number {
    return this.#seeds[swarm] ?? 0;
  }

  /** The state that the tracker has confirmed. */
  knownOf(member: number): Membership {
    return (this.#known[member] ?? 0) as Membership;
  }

  /** The client has announced itself, and has not stopped before this time. */
  mayBeNamed(member: number, stoppedSinceMs: number): boolean {
    if (this.#wished[member] !== Membership.out || this.#known[member] !== Membership.out)
      return true;
    return (this.#stoppedAt[member] ?? never) >= stoppedSinceMs;
  }

  hasAnnounced(member: number): boolean {
    return this.#announcedAt[member] !== never;
  }

  /** Members of a swarm at rest that have announced themselves since then; the tracker may have forgotten others. */
  freshIn(swarm: number, sinceMs: number): { readonly leechers: number; readonly seeds: number } {
    const counts = [0, 0, 0];
    for (let member = swarm; member < this.clientCount; member += this.#swarms) {
      const known = this.knownOf(member);
      if ((this.#announcedAt[member] ?? never) >= sinceMs) add(counts, known, 1);
    }
    const [, leechers = 0, seeds = 0] = counts;
    return { leechers, seeds };
  }

  #count(swarm: number, membership: number, by: number): void {
    if (membership === Membership.leecher) add(this.#leechers, swarm, by);
    if (membership === Membership.seed) add(this.#seeds, swarm, by);
  }
}

function add(column: Float64Array | Uint32Array | number[], at: number, by: number): void {
  column[at] = (column[at] ?? 0) + by;
}
