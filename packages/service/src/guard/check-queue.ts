import type { Timers } from "@troupe/actor-runtime";
import { refuse, type Refusal } from "./refusal.ts";

/**
 * Checks that wait. At the bound a check of a known address takes the place of the last check of an unknown address, which is
 * refused; other checks are refused.
 */
const mostWaiting = 16;
/** Known addresses; the address whose last success is longest ago is forgotten. */
const mostKnown = 1_000;
const busyRetrySeconds = 5;
/** A check without a result in this time is refused, and the next one runs. */
const longestCheckMs = 30_000;

interface Check {
  readonly addressKey: string;
  /** Equal for the same address and password. */
  readonly fingerprint: string;
  readonly isKnown: boolean;
  readonly run: () => Promise<boolean>;
  readonly result: PromiseWithResolvers<boolean | Refusal>;
}

/** Runs password checks one at a time, those of addresses that have succeeded before first, one check an address. */
export class CheckQueue {
  readonly #timers: Pick<Timers, "after">;
  readonly #known: Set<string>;
  readonly #waiting: Check[] = [];
  #running: Check | undefined;

  /** @param knownKeys Saved ones, which an earlier `knownKeys` gave. */
  constructor(timers: Pick<Timers, "after">, knownKeys: readonly string[] = []) {
    this.#timers = timers;
    this.#known = new Set(knownKeys.slice(-mostKnown));
  }

  /** Keys of the known addresses, for saving, in the order of their last success. At most 1,000. */
  get knownKeys(): readonly string[] {
    return [...this.#known];
  }

  /** @returns Whether a credential of the address has succeeded before. */
  isKnown(addressKey: string): boolean {
    return this.#known.has(addressKey);
  }

  /** A credential of the address has succeeded: a password here, a token or a cookie elsewhere. */
  know(addressKey: string): void {
    this.#known.delete(addressKey);
    this.#known.add(addressKey);
    const [oldest] = this.#known;
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
  }

  /**
   * @param run Checks the password; a throw rejects the result.
   * @returns Whether the password is right. A second call with the same fingerprint gets the result of the first; with
   *   another one of the same address it is refused.
   */
  check(
    addressKey: string,
    fingerprint: string,
    run: () => Promise<boolean>,
  ): Promise<boolean | Refusal> {
    const other = [this.#running, ...this.#waiting].find((one) => one?.addressKey === addressKey);
    if (other?.fingerprint === fingerprint) return other.result.promise;
    if (other !== undefined) return Promise.resolve(addressWaits());
    const isKnown = this.isKnown(addressKey);
    const result = Promise.withResolvers<boolean | Refusal>();
    const check = { addressKey, fingerprint, isKnown, run, result };
    if (this.#running === undefined) void this.#start(check);
    else if (!this.#enqueue(check)) return Promise.resolve(queueFull());
    return result.promise;
  }

  /** @returns Whether the check got a place. */
  #enqueue(check: Check): boolean {
    if (this.#waiting.length >= mostWaiting) {
      const last = this.#waiting.at(-1);
      if (last === undefined || last.isKnown || !check.isKnown) return false;
      this.#waiting.pop();
      last.result.resolve(queueFull());
    }
    const firstUnknown = this.#waiting.findIndex(({ isKnown }) => !isKnown);
    const at = check.isKnown && firstUnknown >= 0 ? firstUnknown : this.#waiting.length;
    this.#waiting.splice(at, 0, check);
    return true;
  }

  async #start(check: Check): Promise<void> {
    this.#running = check;
    const late = Promise.withResolvers<Refusal>();
    const timer = this.#timers.after(longestCheckMs, () => late.resolve(noResult()));
    try {
      const result = await Promise.race([check.run(), late.promise]);
      if (result === true) this.know(check.addressKey);
      check.result.resolve(result);
    } catch (error) {
      check.result.reject(error);
    }
    timer.cancel();
    this.#running = undefined;
    const next = this.#waiting.shift();
    if (next !== undefined) void this.#start(next);
  }
}

/** The threads that derive keys are taken, by a disk that does not answer for example. */
function noResult(): Refusal {
  const message = `cannot check the password: no result in ${longestCheckMs / 1_000} s; try again later`;
  return { ...refuse(503, "too-many-logins", message), retryAfterSeconds: busyRetrySeconds };
}

function addressWaits(): Refusal {
  const message =
    "cannot check the password: another password of this address is being checked; one at a time is allowed";
  return { ...refuse(429, "too-many-logins", message), retryAfterSeconds: 1 };
}

function queueFull(): Refusal {
  const message = `cannot check the password: ${mostWaiting} others wait, which is the most; try again in ${busyRetrySeconds} s`;
  return { ...refuse(503, "too-many-logins", message), retryAfterSeconds: busyRetrySeconds };
}
