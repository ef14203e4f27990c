// The names of a simulated world: one table for all machines.

import type { Names } from "../ports/names.ts";
import { isNumericHost } from "../io/network/address.ts";
import { systemError } from "../errors.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** How long an answer takes: from this to twice this, seeded. */
const leastAnswerMs = 5;

/** Who has which addresses. */
export class SimulatedNames {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #trace: (what: string) => void;
  readonly #addresses = new Map<string, readonly string[]>();

  constructor(scheduler: Scheduler, random: SeededRandom, trace: (what: string) => void) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#trace = trace;
  }

  /** Gives a name these addresses, in place of those that it had. */
  set(name: string, ...addresses: readonly string[]): void {
    this.#addresses.set(name.toLowerCase(), addresses);
  }

  /** A numeric host is its own address; a name that nobody has got has none. */
  addressesOf(host: string): readonly string[] {
    if (isNumericHost(host)) return [host];
    return this.#addresses.get(host.toLowerCase()) ?? [];
  }

  /** {@link Names} of a machine. */
  client(): Names {
    return {
      resolve: (host) =>
        new Promise((resolve, reject) => {
          this.#trace(`names ${host}`);
          this.#scheduler.after(leastAnswerMs * (1 + this.#random.next()), () => {
            const addresses = this.addressesOf(host);
            if (addresses.length > 0) resolve(addresses);
            else reject(systemError("ENOTFOUND", `"${host}" has no address`));
          });
        }),
    };
  }
}
