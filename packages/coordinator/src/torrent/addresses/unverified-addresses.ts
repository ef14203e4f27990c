// Unverified addresses of a torrent: those that peers (PEX), neighbours (local discovery) and nodes of the DHT have
// named, and ports that incoming peers named as their own. Tellers take turns, so that the honest ones are heard beside
// many liars.

import { LazyMap } from "@troupe/actor-runtime";
import { type PeerAddress, addressKey, subscriberOf } from "@troupe/protocol/address";
import type { DialPermit, UnverifiedDials } from "./unverified-dials.ts";
import type { KnownAddress } from "./known-address.ts";
import type { AddressSource } from "@troupe/messages";
import { sourceRules } from "./source-rules.ts";
import { UntriedAddresses } from "./untried-addresses.ts";

/** Untried addresses of one teller. */
const tellerLimit = 200;
/** Untried addresses of all tellers: the dials of a minute. */
const untriedLimit = 2_000;

/** An address as a source named it. */
export interface Naming {
  readonly host: string;
  readonly port: number;
  readonly source: AddressSource;
  readonly origin: string;
}

/** The unverified address of an internet host. */
interface UnverifiedHost {
  readonly known: KnownAddress;
  /** The first teller; undefined when the host itself has named its port. */
  readonly teller: string | undefined;
  /** Another port that another teller has named: the first may have lied. */
  rival?: Naming;
}

/** The unverified addresses of a torrent, one of each internet host. */
export class UnverifiedAddresses {
  readonly #dials: UnverifiedDials;
  readonly #untried = new UntriedAddresses();
  readonly #byHost = new LazyMap<string, UnverifiedHost>();

  /** @param dials Dials of all torrents. */
  constructor(dials: UnverifiedDials) {
    this.#dials = dials;
  }

  /** Addresses that wait for their first dial, without held ones. */
  get untriedCount(): number {
    return this.#untried.size;
  }

  /**
   * @returns Whether there is room for a new address of this teller and host. A second port of a host waits as a rival.
   */
  accepts(naming: Naming): boolean {
    const { origin } = naming;
    const host = unverifiedHost(naming);
    if (this.#dials.permit(dialKey(naming, host)) === "no") return false;
    const untried = this.#untried.size + this.#untried.heldCount;
    if (this.#untried.countOf(origin) >= tellerLimit || untried >= untriedLimit) return false;
    const held = this.#heldAt(host);
    if (held === undefined) return true;
    if (held.teller !== undefined && held.teller !== origin) held.rival ??= naming;
    return false;
  }

  /** An accepted address, or a further teller of an untried one. */
  add(known: KnownAddress, teller: string): void {
    if (this.#untried.countOf(teller) >= tellerLimit) return;
    this.#untried.add(teller, known);
    if (this.#heldAt(known.unverifiedHost) === undefined) this.#hold(known, teller);
  }

  /** An incoming peer has named its port. @returns The address that its host had before. */
  replace(known: KnownAddress): KnownAddress | undefined {
    const earlier = this.#heldAt(known.unverifiedHost)?.known;
    this.#hold(known, undefined);
    return earlier === known ? undefined : earlier;
  }

  /** Whether the host has named another port since. */
  isReplaced(known: KnownAddress): boolean {
    const held = this.#heldAt(known.unverifiedHost);
    return held !== undefined && held.known !== known;
  }

  /** The address of the same host that has failed, when another teller names another port: the first may have lied. */
  failedBefore(naming: Naming): KnownAddress | undefined {
    const held = this.#heldAt(unverifiedHost(naming));
    if (held?.teller === undefined || held.teller === naming.origin) return undefined;
    const { state, failures } = held.known;
    return state === "waiting" && failures > 0 ? held.known : undefined;
  }

  /** The port to dial after the first that others named has failed. */
  rivalOf(known: KnownAddress): Naming | undefined {
    if (known.namedBy !== "others") return undefined;
    const held = this.#heldAt(known.unverifiedHost);
    return held?.known === known ? held.rival : undefined;
  }

  /** Removes the next untried address. @param isHeld Passed to `UntriedAddresses`. */
  next(isHeld?: (known: KnownAddress) => boolean): KnownAddress | undefined {
    return this.#untried.next(isHeld);
  }

  /** The address has no turn until it is released. */
  hold(known: KnownAddress): void {
    this.#untried.hold(known);
  }

  /** A held address may be dialled. */
  release(known: KnownAddress): void {
    this.#untried.release(known);
  }

  /** Counts a dial of an address that others named, if it may begin now. */
  beginDial(known: KnownAddress): DialPermit {
    if (known.namedBy !== "others") return "now";
    const key = dialKey(known, known.unverifiedHost);
    const permit = this.#dials.permit(key);
    if (permit === "now") this.#dials.began(key);
    return permit;
  }

  /** The dial met its peer, or never began: it does not count. */
  undoDial(known: KnownAddress): void {
    if (known.namedBy === "others") this.#dials.undo(dialKey(known, known.unverifiedHost));
  }

  /** The address is no longer untried. */
  tried(known: KnownAddress): void {
    this.#untried.remove(known);
  }

  /** The address is verified, or forgotten. */
  remove(known: KnownAddress): void {
    this.#untried.remove(known);
    const key = known.unverifiedHost;
    if (key !== undefined && this.#byHost.get(key)?.known === known) this.#byHost.delete(key);
  }

  #heldAt(key: string | undefined): UnverifiedHost | undefined {
    return key === undefined ? undefined : this.#byHost.get(key);
  }

  #hold(known: KnownAddress, teller: string | undefined): void {
    if (known.unverifiedHost !== undefined)
      this.#byHost.set(known.unverifiedHost, { known, teller });
  }
}

/**
 * The internet host whose unverified addresses are bounded together: with the whole IPv6 /64, because a liar can name
 * each of its addresses, but for an address that names itself. Undefined for a local host, which many clients share.
 *
 * @param naming Without a source: the peer itself has named its port.
 */
export function unverifiedHost({
  host,
  source,
}: Pick<Naming, "host"> & Partial<Naming>): string | undefined {
  const subscriber = subscriberOf(host);
  if (subscriber === undefined) return undefined;
  return source === undefined || sourceRules[source].namesItself ? host : subscriber;
}

function dialKey({ host, port }: PeerAddress, unverifiedHost: string | undefined): string {
  return unverifiedHost ?? addressKey(host, port);
}
