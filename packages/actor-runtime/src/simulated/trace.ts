import type { Clock } from "../ports/clock.ts";
import { sha1 } from "../io/system/node-sha1.ts";

const encoder = new TextEncoder();

/** Events as lines, with their digest. */
export class Trace {
  readonly #clock: Clock;
  readonly #isKept: boolean;
  readonly #lines: string[] = [];
  #digest = new Uint8Array(20);

  /** @param isKept False: keeps only the digest. */
  constructor(clock: Clock, isKept: boolean) {
    this.#clock = clock;
    this.#isKept = isKept;
  }

  /** `<virtual ms> <event>`. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  add(what: string): void {
    const line = `${this.#clock.nowMs().toFixed(3)} ${what}`;
    this.#digest.set(sha1(this.#digest, encoder.encode(line)));
    if (this.#isKept) this.#lines.push(line);
  }

  /** A chained SHA-1, in hex. */
  digest(): string {
    return Buffer.from(this.#digest).toString("hex");
  }
}
