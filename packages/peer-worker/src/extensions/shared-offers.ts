import { maxSharedOffers } from "../limits.ts";

/** Ids of extensions by name, as a peer offers them (BEP 10). */
export type Offer = ReadonlyMap<string, number>;

/** Equal offers of peers, each kept once: all peers with the same client make the same offer. */
export class SharedOffers {
  readonly #byText = new Map<string, Offer>();

  /** @returns An equal offer. Beyond the bound the oldest is forgotten here; peers keep theirs. */
  share(offer: Offer): Offer {
    const text = JSON.stringify([...offer]);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#byText.size === maxSharedOffers) {
      const [oldest = ""] = this.#byText.keys();
      this.#byText.delete(oldest);
    }
    this.#byText.set(text, offer);
    return offer;
  }
}
