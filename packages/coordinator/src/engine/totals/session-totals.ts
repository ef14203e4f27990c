// The totals of this engine, and how much of them is in the state folder.
//
// Amounts that are under way stay as they are until the database has answered: their number makes a repetition harmless.

import { byteTotals, mapTotals, noTotals, type AddTotals, type Totals } from "@troupe/messages";

/** The totals that torrents count. */
export type ByteTotals = Pick<Totals, (typeof byteTotals)[number]>;

/** The totals of an engine since its start. */
export class SessionTotals {
  readonly #makeAdder: () => string;
  readonly #startedAtMs: number;
  /** Totals of torrents that were removed. */
  #removed = noTotals;
  #saved = noTotals;
  /** Totals of all runs when the amounts in `#saved` were added. */
  #overall: Totals | undefined;
  #underWay: AddTotals | undefined;
  #adder: string | undefined;
  #sequence = 0;
  #hasMoved = false;

  /** @param makeAdder Makes a random name, which no other engine on the state folder has. */
  constructor(makeAdder: () => string, nowMs: number) {
    this.#makeAdder = makeAdder;
    this.#startedAtMs = nowMs;
  }

  /** @param bytes The last counters of a torrent. */
  torrentRemoved(bytes: ByteTotals): void {
    this.#removed = sumOf(this.#removed, { ...noTotals, ...bytes });
    this.#hasMoved = true;
  }

  /** @param bytes The sums of the present torrents. */
  now(bytes: ByteTotals, nowMs: number): Totals {
    const all = sumOf(this.#removed, { ...noTotals, ...bytes });
    const isUsed = byteTotals.some((name) => all[name] > 0);
    const activeSeconds = Math.floor((nowMs - this.#startedAtMs) / 1_000);
    return { ...all, activeSeconds, sessions: Number(isUsed) };
  }

  /** Bytes have moved since. */
  noteMoved(): void {
    this.#hasMoved = true;
  }

  /** Whether bytes have moved that are not saved. Time alone waits for the next of them: a disk at rest stays so. */
  get isWorthSaving(): boolean {
    return this.#hasMoved || this.#underWay !== undefined;
  }

  /** An addition has no answer yet. */
  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Whether these totals have bytes that are not saved. */
  isNews(now: Totals): boolean {
    return byteTotals.some((name) => now[name] !== this.#saved[name]);
  }

  /** The totals of all runs, without what other programs have added since. Undefined before the first addition. */
  overallAt(now: Totals): Totals | undefined {
    if (this.#overall === undefined) return undefined;
    return sumOf(
      this.#overall,
      mapTotals((name) => now[name] - this.#saved[name]),
    );
  }

  /** The amounts to add next: those under way again, or all that is not saved. */
  begin(now: Totals): AddTotals {
    this.#hasMoved = this.#underWay !== undefined;
    this.#underWay ??= {
      amounts: mapTotals((name) => now[name] - this.#saved[name]),
      adder: (this.#adder ??= this.#makeAdder()),
      sequence: ++this.#sequence,
    };
    return this.#underWay;
  }

  /** The database has these amounts. @param overall Its totals with them. */
  settle(added: AddTotals, overall: Totals): void {
    if (this.#underWay !== added) return;
    this.#overall = overall;
    this.#saved = sumOf(this.#saved, added.amounts);
    this.#underWay = undefined;
  }
}

function sumOf(one: Totals, other: Totals): Totals {
  return mapTotals((name) => one[name] + other[name]);
}
