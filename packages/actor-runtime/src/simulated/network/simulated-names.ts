import type { Names } from "../../ports/names.ts";
import { firstHopAddresses } from "../../io/http/http-policy.ts";
import { isNumericHost, numericHost, withoutBrackets } from "../../io/network/address.ts";
import { systemError } from "../../errors.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** From this to twice this, seeded. */
const leastAnswerMs = 5;

/** Names for all machines. */
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

  set(name: string, ...addresses: readonly string[]): void {
    this.#addresses.set(name.toLowerCase(), addresses);
  }

  /** None for an unknown name; a numeric host is its own. */
  addressesOf(name: string): readonly string[] {
    const host = withoutBrackets(name);
    if (isNumericHost(host)) return [numericHost(host)];
    return this.#addresses.get(host.toLowerCase()) ?? [];
  }

  client(): Names {
    return {
      resolve: (host) => this.#resolve(host),
      resolveAllowed: async (host) => {
        const addresses = await this.#resolve(host);
        const source = isNumericHost(withoutBrackets(host)) ? "numeric" : "dns";
        return firstHopAddresses(host, { addresses, source });
      },
    };
  }

  #resolve(host: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#trace(`names ${host}`);
      this.#scheduler.after(leastAnswerMs * (1 + this.#random.next()), () => {
        const addresses = this.addressesOf(host);
        if (addresses.length > 0) resolve(addresses);
        else reject(systemError("ENOTFOUND", `"${host}" has no address`));
      });
    });
  }
}
