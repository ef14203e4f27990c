// The order of first dials: hearsay and other addresses take turns, and addresses that a bound forbids are held until it
// allows them.

import { boundsAt, type DialBound, type DialBounds } from "./dial-bounds.ts";
import type { Hearsay } from "./hearsay.ts";
import { HeldAddresses } from "./held-addresses.ts";
import type { KnownAddress } from "./known-address.ts";
import { UntriedAddresses } from "./untried-addresses.ts";

/** The untried addresses of a torrent. */
export class FirstDials {
  readonly #bounds: DialBounds;
  readonly #hearsay: Hearsay;
  /** Without hearsay. */
  readonly #untried = new UntriedAddresses();
  readonly #held = new HeldAddresses();
  #wasHearsayTurn = false;

  constructor(hearsay: Hearsay, bounds: DialBounds) {
    this.#hearsay = hearsay;
    this.#bounds = bounds;
  }

  /** Addresses that may be dialled, without hearsay. */
  get untriedCount(): number {
    return this.#untried.size;
  }

  /** Adds an address, to a line if its host or network has one. @returns Whether the line has room. */
  add(origin: string, known: KnownAddress): boolean {
    this.addOrigin(origin, known);
    return this.#joinLine(known);
  }

  /** The address waits for the turns of a further origin. */
  addOrigin(origin: string, known: KnownAddress): void {
    if (known.hearsayOf === undefined) this.#untried.add(origin, known);
    else this.#hearsay.add(known, origin);
  }

  /** The user has chosen the address: it is held no longer. */
  free(known: KnownAddress): void {
    this.#held.remove(known);
    this.#release([known]);
  }

  /** The address is no longer untried. */
  remove(known: KnownAddress): void {
    this.#untried.remove(known);
    this.#held.remove(known);
  }

  /** Lets held addresses go that may be dialled now; it looks at a few lines, once a second. */
  releaseHeld(nowMs: number): void {
    this.#release(this.#held.release(nowMs, (bound) => this.#bounds.room(bound, nowMs)));
  }

  /** The bound has more room than before. */
  releaseLine(bound: DialBound, nowMs: number): void {
    this.#release(this.#held.releaseLine(bound, this.#bounds.room(bound, nowMs)));
  }

  /** Removes the next address that may be dialled. @param forget For an address that there is no room to hold. */
  next(
    mayTryHearsay: boolean,
    nowMs: number,
    forget: (known: KnownAddress) => void,
  ): KnownAddress | undefined {
    const isHeld = (known: KnownAddress): boolean => {
      const bound = this.#bounds.boundOf(known, "first", nowMs);
      if (bound === undefined) return false;
      if (!this.#held.hold(known, bound)) forget(known);
      return true;
    };
    while (this.untriedCount > 0 || (mayTryHearsay && this.#hearsay.untriedCount > 0)) {
      const known = this.#takeTurn(mayTryHearsay, isHeld);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** An address that makes room for a new one. */
  nextLeaving(): KnownAddress | undefined {
    return this.#held.nextLeaving() ?? this.#hearsay.next();
  }

  /** Hearsay takes turns with the other addresses. @returns Undefined when all of the turn are held. */
  #takeTurn(
    mayTryHearsay: boolean,
    isHeld: (known: KnownAddress) => boolean,
  ): KnownAddress | undefined {
    const isHearsayTurn =
      mayTryHearsay &&
      this.#hearsay.untriedCount > 0 &&
      (!this.#wasHearsayTurn || this.untriedCount === 0);
    this.#wasHearsayTurn = isHearsayTurn;
    return isHearsayTurn ? this.#hearsay.next(isHeld) : this.#untried.next(isHeld);
  }

  #joinLine(known: KnownAddress): boolean {
    if (this.#held.isEmpty) return true;
    const bound = boundsAt(known).find((each) => this.#held.hasLine(each));
    if (bound === undefined) return true;
    this.#untried.hold(known);
    this.#hearsay.hold(known);
    return this.#held.hold(known, bound);
  }

  #release(addresses: readonly KnownAddress[]): void {
    for (const known of addresses) {
      this.#untried.release(known);
      this.#hearsay.release(known);
    }
  }
}
