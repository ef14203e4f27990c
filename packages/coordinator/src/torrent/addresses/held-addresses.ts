// Untried addresses that wait until their host has answered, or until their network may be dialled again, in a line for
// each host and network. A line is looked at instead of its addresses.

import { LazyMap } from "@troupe/actor-runtime";
import type { DialBound } from "./dial-bounds.ts";
import type { KnownAddress } from "./known-address.ts";

/** Addresses in a line of a host: more clients than share an address in practice. */
const hostLineLimit = 100;
/** Lines that are looked at in a second. */
const linesAtOnce = 64;
const lookAgainMs = 1_000;

interface Line {
  readonly bound: DialBound;
  readonly held: Set<KnownAddress>;
  /** Released, and not dialled yet: they count against the room of the bound. */
  readonly released: Set<KnownAddress>;
}

/** The held addresses of a torrent, those of a line as they came. */
export class HeldAddresses {
  /** The line that is looked at next is first. */
  readonly #lines = new LazyMap<string, Line>();
  readonly #lineOf = new LazyMap<KnownAddress, Line>();
  #nextLookMs = 0;

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** Whether addresses of this host or network are held. */
  hasLine(bound: DialBound): boolean {
    return this.#lines.has(lineKey(bound));
  }

  has(known: KnownAddress): boolean {
    return this.#lineOf.has(known);
  }

  /** @returns Whether the line has room. */
  hold(known: KnownAddress, bound: DialBound): boolean {
    this.remove(known);
    const key = lineKey(bound);
    const line = this.#lines.get(key) ?? { bound, held: new Set(), released: new Set() };
    if (bound.by !== "network" && line.held.size >= hostLineLimit) return false;
    line.held.add(known);
    this.#lines.set(key, line);
    this.#lineOf.set(known, line);
    return true;
  }

  /** The address is dialled, forgotten, or no longer bounded. */
  remove(known: KnownAddress): void {
    const line = this.#lineOf.get(known);
    if (line === undefined) return;
    this.#lineOf.delete(known);
    line.held.delete(known);
    line.released.delete(known);
    if (line.held.size + line.released.size === 0) this.#lines.delete(lineKey(line.bound));
  }

  /** An address that makes room for a new one. */
  nextLeaving(): KnownAddress | undefined {
    for (const { held } of this.#lines.values()) {
      const [known] = held;
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** Once a second, while addresses are held. */
  isLookDue(nowMs: number): boolean {
    return nowMs >= this.#nextLookMs && !this.isEmpty;
  }

  /**
   * A look: the addresses that may be dialled now, of as many lines as are looked at, the lines in turns.
   *
   * @param room First dials that a bound allows.
   */
  release(nowMs: number, room: (bound: DialBound) => number): readonly KnownAddress[] {
    this.#nextLookMs = nowMs + lookAgainMs;
    // Copied first: a line that is looked at becomes the last.
    const lines = [...Iterator.from(this.#lines.values()).take(linesAtOnce)];
    return lines.flatMap((line) => this.#releaseOf(line, room(line.bound)));
  }

  /** The addresses of one line that may be dialled now. */
  releaseLine(bound: DialBound, room: number): readonly KnownAddress[] {
    const line = this.#lines.get(lineKey(bound));
    return line === undefined ? [] : this.#releaseOf(line, room);
  }

  #releaseOf(line: Line, room: number): readonly KnownAddress[] {
    const key = lineKey(line.bound);
    // The line's next turn is the last.
    if (this.#lines.delete(key)) this.#lines.set(key, line);
    const released: KnownAddress[] = [];
    for (const known of line.held) {
      if (line.released.size >= room) break;
      line.held.delete(known);
      line.released.add(known);
      released.push(known);
    }
    return released;
  }
}

function lineKey({ by, key }: DialBound): string {
  return `${by} ${key}`;
}
