// The bounds on dials of addresses that no peer has answered at, over all torrents: without them a tracker, or a few
// peers, could make each client flood a host or scan a network.

import { networkOf, subscriberOf } from "@troupe/protocol/address";
import { EasedAddresses } from "./eased-addresses.ts";
import { type AddressOfHost, HostDials } from "./host-dials.ts";
import { isUsersChoice, type KnownAddress } from "./known-address.ts";
import { RecentDials, type DialKind } from "./recent-dials.ts";

/** A bound, with the key of its host or network: addresses of a host, dials of a host, or dials into a network. */
export interface DialBound {
  readonly by: "addresses" | "host" | "network";
  readonly key: string;
}

/** A redial whose host has no room for a further address waits so long. */
const hostPauseMs = 60_000;
/**
 * Dials of each kind to the unanswered addresses of a host in 65 s, and two more for each answer. At the bound the
 * address waits.
 */
const hostDialLimit = 4;
/** Dials of each kind into a network in 65 s; at the bound the address waits. */
const networkDialLimit = 30;

/** Counts the addresses of hosts that were dialled, and the dials of hosts and into networks. */
export class DialBounds {
  /** Held addresses that other torrents have dialled since. */
  readonly eased = new EasedAddresses();
  readonly #hosts = new HostDials();
  readonly #hostDials = new RecentDials();
  readonly #networkDials = new RecentDials();

  /**
   * The bounds on the next dial of an address. None for local addresses, for those that the user has chosen, and for
   * those at which a peer has answered, in any torrent. An address counts once at its host, and unverified addresses
   * are counted by bounds of its own there.
   */
  boundsOf(known: KnownAddress, nowMs: number): readonly DialBound[] {
    const { awaitsAnswer, namedBy, host, openedAtMs } = known;
    if (isUsersChoice(known) || (openedAtMs !== undefined && namedBy === undefined)) return [];
    const subscriber = subscriberOf(host);
    if (subscriber === undefined) return [];
    const state = this.#hosts.stateOf(subscriber, addressOf(known, subscriber), nowMs);
    if (state === "answered") return [];
    // An IPv4 address within an IPv6 address (NAT64, 6to4) counts as the IPv4 address.
    const network = networkOf(subscriber.includes(":") ? host : subscriber);
    const ofNetwork: DialBound = { by: "network", key: network };
    if (namedBy !== undefined) return [ofNetwork];
    const ofDials: readonly DialBound[] = [{ by: "host", key: subscriber }, ofNetwork];
    if (awaitsAnswer || state === "unanswered") return ofDials;
    return [{ by: "addresses", key: subscriber }, ...ofDials];
  }

  /** The bound that forbids a dial of the address now. */
  boundOf(known: KnownAddress, kind: DialKind, nowMs: number): DialBound | undefined {
    return this.boundsOf(known, nowMs).find((bound) => this.#room(bound, kind, nowMs) <= 0);
  }

  /** When a redial may begin; `nowMs` when it may now. */
  redialsAtMs(known: KnownAddress, nowMs: number): number {
    const bound = this.boundOf(known, "again", nowMs);
    if (bound === undefined) return nowMs;
    if (bound.by === "addresses") return nowMs + hostPauseMs;
    return this.#dialsOf(bound).opensAtMs(bound.key, "again", nowMs, this.#limit(bound, nowMs));
  }

  /** First dials that the bound allows now. */
  room(bound: DialBound, nowMs: number): number {
    return this.#room(bound, "first", nowMs);
  }

  /** Counts a dial of the address. */
  began(known: KnownAddress, kind: DialKind, nowMs: number): void {
    for (const bound of this.boundsOf(known, nowMs)) {
      if (bound.by === "addresses") {
        this.#hosts.began(bound.key, addressOf(known, bound.key), nowMs);
        this.eased.add(known);
      } else this.#dialsOf(bound).began(bound.key, kind, nowMs);
      if (bound.by === "host") known.awaitsAnswer = true;
    }
  }

  /** A dial of the address met a peer. @returns The bound that may have more room now. */
  answered(known: KnownAddress, nowMs: number): DialBound | undefined {
    const host = subscriberOf(known.host);
    if (host === undefined) return undefined;
    known.awaitsAnswer = false;
    this.#hosts.answered(host, addressOf(known, host), nowMs);
    this.eased.add(known);
    return { by: "addresses", key: host };
  }

  #room(bound: DialBound, kind: DialKind, nowMs: number): number {
    if (bound.by === "addresses") return this.#hosts.room(bound.key, nowMs);
    return this.#dialsOf(bound).room(bound.key, kind, nowMs, this.#limit(bound, nowMs));
  }

  #dialsOf({ by }: DialBound): RecentDials {
    return by === "network" ? this.#networkDials : this.#hostDials;
  }

  #limit({ by, key }: DialBound, nowMs: number): number {
    if (by === "network") return networkDialLimit;
    return hostDialLimit + 2 * this.#hosts.answers(key, nowMs);
  }
}

function addressOf({ host, port }: KnownAddress, subscriber: string): AddressOfHost {
  return subscriber.includes(":") ? `${host} ${port}` : port;
}
