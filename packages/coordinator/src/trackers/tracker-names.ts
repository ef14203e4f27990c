import type { Clock, Names } from "@troupe/actor-runtime";

/** Thousands of torrents ask one tracker: they share a look-up for this long. */
const keptMs = 60_000;
const failureKeptMs = 5_000;
const mostNames = 1_000;

interface LookUp {
  readonly addresses: Promise<readonly string[]>;
  untilMs: number;
}

/** The addresses of trackers, by the rules for names that strangers give. */
export class TrackerNames {
  readonly #names: Names;
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #lookUps = new Map<string, LookUp>();

  constructor({ names, clock }: { readonly names: Names; readonly clock: Clock }) {
    this.#names = names;
    this.#clock = clock;
  }

  /** @throws as `Names.resolveAllowed`. */
  addressesOf(host: string): Promise<readonly string[]> {
    const known = this.#lookUps.get(host);
    if (known !== undefined && this.#clock.nowMs() < known.untilMs) return known.addresses;
    const addresses = this.#names.resolveAllowed(host);
    // The look-up has a deadline of its own; its age counts from the reply.
    const lookUp: LookUp = { addresses, untilMs: Infinity };
    const keep = (ms: number): void => void (lookUp.untilMs = this.#clock.nowMs() + ms);
    addresses.then(
      () => keep(keptMs),
      () => keep(failureKeptMs),
    );
    this.#lookUps.delete(host);
    this.#lookUps.set(host, lookUp);
    for (const oldest of this.#lookUps.keys()) {
      if (this.#lookUps.size <= mostNames) break;
      this.#lookUps.delete(oldest);
    }
    return addresses;
  }
}
