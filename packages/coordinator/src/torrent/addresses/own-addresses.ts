// Our own addresses, which trackers and peers name to us too: a dial there meets ourselves, or no one behind a router.

import {
  addressKey,
  AddressVotes,
  classifyAddress,
  type AddressClass,
} from "@troupe/protocol/address";
import type { AddressFamily } from "@troupe/protocol/tracker";

/** A machine has a few addresses, and a tracker may name each. */
const metLimit = 64;

/** The family of a numeric address. */
export function familyOf(host: string): AddressFamily {
  return host.includes(":") ? 6 : 4;
}

/** The addresses under which peers reach the engine. */
export class OwnAddresses {
  readonly #ports: () => readonly number[];
  readonly #isLocal: (host: string) => boolean;
  /** Families in which the engine has addresses, the preferred one first. */
  readonly families: readonly AddressFamily[];
  readonly #met = new Set<string>();
  readonly #votes: Readonly<Record<AddressFamily, AddressVotes>> = {
    4: new AddressVotes(),
    6: new AddressVotes(),
  };

  /**
   * @param ports The ports that peers find us at.
   * @param isLocal Whether the engine listens at this address of the machine. Default: unknown.
   */
  constructor(
    ports: () => readonly number[],
    isLocal: (host: string) => boolean = () => false,
    families: readonly AddressFamily[] = [4, 6],
  ) {
    this.#ports = ports;
    this.#isLocal = isLocal;
    this.families = families;
  }

  /** The class of another's address; `refused` for an address of a family without one of ours. */
  classify(host: string): AddressClass {
    return this.families.includes(familyOf(host)) ? classifyAddress(host) : "refused";
  }

  /** A dial met ourselves. */
  met(host: string, port: number): void {
    if (this.#met.size < metLimit) this.#met.add(addressKey(host, port));
  }

  /**
   * A peer or a tracker sees us at this host. Each network has one vote. An address is believed when most votes of its
   * family, five at least, name it, and until another address has them.
   *
   * @param witness The host of the peer or tracker. Only votes between hosts of the internet count.
   * @returns Whether another address is believed now.
   */
  seen(host: string, witness: string): boolean {
    return this.#votes[familyOf(host)].vote(host, witness);
  }

  /** Our address of the internet as peers see it; undefined while too few agree. */
  addressOf(family: AddressFamily): string | undefined {
    return this.#votes[family].believed;
  }

  /** The port that peers find us at; 0 before the engine listens. */
  get port(): number {
    return this.#ports()[0] ?? 0;
  }

  /** Whether a dial there would meet ourselves. */
  has(host: string, port: number): boolean {
    if (this.#met.has(addressKey(host, port))) return true;
    if (!this.#ports().includes(port)) return false;
    return this.addressOf(familyOf(host)) === host || this.#isLocal(host);
  }
}
