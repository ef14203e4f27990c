import { classifyAddress, networkOf } from "./address.ts";

/** Networks that must see the same address: a few liars cannot name us another one. */
const votesNeeded = 5;
/** Networks whose votes are kept; the oldest vote is forgotten. */
const voteLimit = 64;

/** Our address of one family, as other hosts see it. Each network has one vote. */
export class AddressVotes {
  /** By network: our address as it saw it last. */
  readonly #votes = new Map<string, string>();
  #believed: string | undefined;

  /** The address that the majority of the votes, five at least, named last. */
  get believed(): string | undefined {
    return this.#believed;
  }

  /**
   * A host sees us at this address. Only votes between hosts of the internet, of one family, count.
   *
   * @returns Whether another address is believed now.
   */
  vote(host: string, witness: string): boolean {
    if (host.includes(":") !== witness.includes(":")) return false;
    if (classifyAddress(host) !== "internet" || classifyAddress(witness) !== "internet")
      return false;
    const network = networkOf(witness);
    this.#votes.delete(network);
    this.#votes.set(network, host);
    const [oldest] = this.#votes.keys();
    if (this.#votes.size > voteLimit && oldest !== undefined) this.#votes.delete(oldest);
    if (this.#believed === host) return false;
    const agreeing = [...this.#votes.values()].filter((other) => other === host).length;
    if (agreeing < votesNeeded || 2 * agreeing <= this.#votes.size) return false;
    this.#believed = host;
    return true;
  }
}
