// What happened in a simulated world, one line an event. The same seed gives the same lines, byte for byte.

import type { Clock } from "../ports/clock.ts";
import { sha1 } from "../io/system/node-sha1.ts";

const encoder = new TextEncoder();

/** Collects lines and their digest. */
export class Trace {
  readonly #clock: Clock;
  readonly #isKept: boolean;
  readonly #lines: string[] = [];
  #digest = new Uint8Array(20);

  /** @param isKept False for long runs: the digest alone is kept. */
  constructor(clock: Clock, isKept: boolean) {
    this.#clock = clock;
    this.#isKept = isKept;
  }

  /** Lines so far, `<virtual ms> <what>`. Empty when lines are not kept. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  add(what: string): void {
    const line = `${this.#clock.nowMs().toFixed(3)} ${what}`;
    this.#digest.set(sha1(this.#digest, encoder.encode(line)));
    if (this.#isKept) this.#lines.push(line);
  }

  /** A chained SHA-1 of all lines so far, in hex. */
  digest(): string {
    return Buffer.from(this.#digest).toString("hex");
  }
}
