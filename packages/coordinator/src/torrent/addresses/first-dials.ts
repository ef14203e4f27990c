// The order of first dials: unverified and other addresses take turns, and addresses that a bound forbids are held
// until it allows them.

import type { DialBound, DialBounds } from "./dial-bounds.ts";
import type { HostAndPort } from "./eased-addresses.ts";
import type { UnverifiedAddresses } from "./unverified-addresses.ts";
import { HeldAddresses } from "./held-addresses.ts";
import type { KnownAddress } from "./known-address.ts";
import { UntriedAddresses } from "./untried-addresses.ts";

/** The untried addresses of a torrent. */
export class FirstDials {
  readonly #bounds: DialBounds;
  readonly #unverified: UnverifiedAddresses;
  /** Without unverified addresses. */
  readonly #untried = new UntriedAddresses();
  readonly #held = new HeldAddresses();
  #wasUnverifiedTurn = false;
  /** Time of the last turn: the lines that an address can join are older. */
  #turnMs = 0;
  /** The number of the next eased address to look at. */
  #nextEased = 0;

  constructor(unverified: UnverifiedAddresses, bounds: DialBounds) {
    this.#unverified = unverified;
    this.#bounds = bounds;
  }

  /** Addresses that may be dialled, without unverified addresses. */
  get untriedCount(): number {
    return this.#untried.size;
  }

  /** Whether an address waits for its first dial, without held ones. */
  hasAny(mayTryUnverified: boolean): boolean {
    return this.untriedCount > 0 || (mayTryUnverified && this.#unverified.untriedCount > 0);
  }

  /** Adds an address, to a line if its host or network has one. @returns Whether the line has room. */
  add(origin: string, known: KnownAddress): boolean {
    this.addOrigin(origin, known);
    return this.#joinLine(known);
  }

  /** The address waits for the turns of a further origin. */
  addOrigin(origin: string, known: KnownAddress): void {
    if (known.namedBy === undefined) this.#untried.add(origin, known);
    else this.#unverified.add(known, origin);
  }

  /** Fewer bounds hold for the address: it is held no longer, and may wait in another line. */
  free(known: KnownAddress): void {
    this.#held.remove(known);
    this.#release([known]);
  }

  /** The address is no longer untried. */
  remove(known: KnownAddress): void {
    this.#untried.remove(known);
    this.#held.remove(known);
  }

  /**
   * Lets held addresses go that may be dialled now; it looks at a few lines and at the eased addresses, once a second.
   *
   * @param at The torrent's address there.
   */
  releaseHeld(nowMs: number, at: (address: HostAndPort) => KnownAddress | undefined): void {
    if (!this.#held.isLookDue(nowMs)) return;
    this.#freeEased(at);
    this.#release(this.#held.release(nowMs, (bound) => this.#bounds.room(bound, nowMs)));
  }

  /** The bound has more room than before. */
  releaseLine(bound: DialBound, nowMs: number): void {
    this.#release(this.#held.releaseLine(bound, this.#bounds.room(bound, nowMs)));
  }

  /** Removes the next address that may be dialled. @param forget For an address that there is no room to hold. */
  next(
    mayTryUnverified: boolean,
    nowMs: number,
    forget: (known: KnownAddress) => void,
  ): KnownAddress | undefined {
    this.#turnMs = nowMs;
    const isHeld = (known: KnownAddress): boolean => {
      const bound = this.#bounds.boundOf(known, "first", nowMs);
      if (bound === undefined) return false;
      if (!this.#held.hold(known, bound)) forget(known);
      return true;
    };
    while (this.hasAny(mayTryUnverified)) {
      const known = this.#takeTurn(mayTryUnverified, isHeld);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** An address that makes room for a new one. */
  nextLeaving(): KnownAddress | undefined {
    return this.#held.nextLeaving() ?? this.#unverified.next();
  }

  /** Unverified addresses take turns with the other addresses. @returns Undefined when all of the turn are held. */
  #takeTurn(
    mayTryUnverified: boolean,
    isHeld: (known: KnownAddress) => boolean,
  ): KnownAddress | undefined {
    const isUnverifiedTurn =
      mayTryUnverified &&
      this.#unverified.untriedCount > 0 &&
      (!this.#wasUnverifiedTurn || this.untriedCount === 0);
    this.#wasUnverifiedTurn = isUnverifiedTurn;
    return isUnverifiedTurn ? this.#unverified.next(isHeld) : this.#untried.next(isHeld);
  }

  #freeEased(at: (address: HostAndPort) => KnownAddress | undefined): void {
    const { eased } = this.#bounds;
    for (const address of eased.since(this.#nextEased)) {
      const known = at(address);
      if (known !== undefined && this.#held.has(known)) this.free(known);
    }
    this.#nextEased = eased.end;
  }

  #joinLine(known: KnownAddress): boolean {
    if (this.#held.isEmpty) return true;
    const bound = this.#bounds
      .boundsOf(known, this.#turnMs)
      .find((each) => this.#held.hasLine(each));
    if (bound === undefined) return true;
    this.#untried.hold(known);
    this.#unverified.hold(known);
    return this.#held.hold(known, bound);
  }

  #release(addresses: readonly KnownAddress[]): void {
    for (const known of addresses) {
      this.#untried.release(known);
      this.#unverified.release(known);
    }
  }
}
