import type { Clock } from "../ports/clock.ts";
import { sha1 } from "../io/system/node-sha1.ts";

const encoder = new TextEncoder();

/** Characters that are digested at once. */
const chunkLength = 16_384;

/** Events as lines, with their digest. */
export class Trace {
  readonly #clock: Clock;
  readonly #isKept: boolean;
  readonly #lines: string[] = [];
  #digest: Uint8Array = new Uint8Array(20);
  /** Lines that the digest does not have yet. */
  #pending = "";

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
    this.#pending += `${line}\n`;
    if (this.#pending.length >= chunkLength) {
      this.#digest = this.#nextDigest();
      this.#pending = "";
    }
    if (this.#isKept) this.#lines.push(line);
  }

  /** A chained SHA-1, in hex. */
  digest(): string {
    return Buffer.from(this.#nextDigest()).toString("hex");
  }

  #nextDigest(): Uint8Array {
    return sha1(this.#digest, encoder.encode(this.#pending));
  }
}
