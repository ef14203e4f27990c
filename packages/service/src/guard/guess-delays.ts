import type { Clock } from "@troupe/actor-runtime";
import { refuse, type Refusal } from "./refusal.ts";

/** Delay after the first wrong password; each further one doubles it. */
const firstDelayMs = 1_000;
const longestDelayMs = 15 * 60_000;
/** An address that sent no wrong password for this time starts at a second again. */
const forgottenAfterMs = 24 * 3_600_000;
/**
 * Addresses with a delay. At the bound the one whose delay ends first is forgotten: a new address never waits for the
 * guesses of others, and an attacker with more addresses is held by the queue, which checks one password at a time.
 */
const mostDelayed = 10_000;

interface Guesses {
  readonly delayMs: number;
  readonly guessedMs: number;
}

/** Wrong passwords delay the password checks of their address. Login sessions and tokens never pass here. */
export class GuessDelays {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #guesses = new Map<string, Guesses>();

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** @returns A refusal while the address is delayed. Calls meanwhile do not prolong the delay. */
  refuse(addressKey: string): Refusal | undefined {
    const guesses = this.#guesses.get(addressKey);
    const leftMs = guesses === undefined ? 0 : endOf(guesses) - this.#clock.nowMs();
    if (leftMs <= 0) return undefined;
    const retryAfterSeconds = Math.ceil(leftMs / 1_000);
    const message = `cannot check the password: wrong passwords came from this address; the next one is checked in ${retryAfterSeconds} s`;
    return { ...refuse(429, "too-many-guesses", message), retryAfterSeconds };
  }

  /** The address sent a wrong password. */
  addGuess(addressKey: string): void {
    const nowMs = this.#clock.nowMs();
    const before = this.#guesses.get(addressKey);
    const isForgotten = before === undefined || nowMs - before.guessedMs > forgottenAfterMs;
    const delayMs = isForgotten ? firstDelayMs : Math.min(2 * before.delayMs, longestDelayMs);
    this.#guesses.set(addressKey, { delayMs, guessedMs: nowMs });
    if (this.#guesses.size > mostDelayed) this.#forgetOne(addressKey);
  }

  /** The address sent the right password. */
  clear(addressKey: string): void {
    this.#guesses.delete(addressKey);
  }

  #forgetOne(newest: string): void {
    const [first] = [...this.#guesses]
      .filter(([key]) => key !== newest)
      .reduce((one, other) => (endOf(other[1]) < endOf(one[1]) ? other : one));
    this.#guesses.delete(first);
  }
}

function endOf({ delayMs, guessedMs }: Guesses): number {
  return guessedMs + delayMs;
}
