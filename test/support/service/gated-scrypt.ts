// A door before scrypt: password checks of services in this process wait until a test lets each of them through.

import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/** Takes the place of the system's scrypt while it lives. */
export class GatedScrypt implements Disposable {
  readonly #scrypt = crypto.scrypt;
  readonly #waiting: (() => void)[] = [];

  constructor() {
    const wait = (...given: Parameters<typeof crypto.scrypt>): void => {
      this.#waiting.push(() => this.#scrypt(...given));
    };
    replaceScrypt(wait);
  }

  /** Derivations that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets the derivation through that has waited longest. */
  pass(): void {
    this.#waiting.shift()?.();
  }

  /** Opens the door for all. */
  [Symbol.dispose](): void {
    replaceScrypt(this.#scrypt);
    for (const start of this.#waiting.splice(0)) start();
  }
}

/** Modules that import the function by its name get the other one, too. */
function replaceScrypt(scrypt: (...given: Parameters<typeof crypto.scrypt>) => void): void {
  Object.assign(crypto, { scrypt });
  syncBuiltinESMExports();
}
