// The bounds on dials of addresses that no peer has answered at, over all torrents: without them a tracker, or a few
// peers, could make each client flood a host or scan a network.

import { networkOf, subscriberOf } from "@troupe/protocol";
import { HostDials } from "./host-dials.ts";
import { isUsersChoice, type KnownAddress } from "./known-address.ts";
import { NetworkDials, type DialKind } from "./network-dials.ts";

/** A bound of dials, with the key of its host or network. */
export interface DialBound {
  readonly by: "host" | "network";
  readonly key: string;
}

/** A redial whose host is at its bound waits so long. */
const hostPauseMs = 60_000;

/** Counts the first dials of hosts, and the dials into networks. */
export class DialBounds {
  readonly #hosts = new HostDials();
  readonly #networks = new NetworkDials();

  /** The bound that forbids a dial of the address now. */
  boundOf(known: KnownAddress, kind: DialKind, nowMs: number): DialBound | undefined {
    return boundsAt(known).find((bound) => this.#room(bound, kind, nowMs) <= 0);
  }

  /** When a redial may begin; `nowMs` when it may now. */
  redialsAtMs(known: KnownAddress, nowMs: number): number {
    const bound = this.boundOf(known, "again", nowMs);
    if (bound === undefined) return nowMs;
    return bound.by === "host"
      ? nowMs + hostPauseMs
      : this.#networks.opensAtMs(bound.key, "again", nowMs);
  }

  /** First dials that the bound allows now. */
  room(bound: DialBound, nowMs: number): number {
    return this.#room(bound, "first", nowMs);
  }

  /** Counts a dial of the address. */
  began(known: KnownAddress, kind: DialKind, nowMs: number): void {
    for (const { by, key } of boundsAt(known)) {
      if (by === "network") this.#networks.began(key, kind, nowMs);
      else {
        known.awaitsAnswer = true;
        this.#hosts.began(key, nowMs);
      }
    }
  }

  /** A dial of the address met a peer. @returns The bound that has more room now. */
  answered(known: KnownAddress): DialBound | undefined {
    const host = known.awaitsAnswer ? subscriberOf(known.host) : undefined;
    if (host === undefined) return undefined;
    known.awaitsAnswer = false;
    this.#hosts.answered(host);
    return { by: "host", key: host };
  }

  #room({ by, key }: DialBound, kind: DialKind, nowMs: number): number {
    return by === "host" ? this.#hosts.room(key, nowMs) : this.#networks.room(key, kind, nowMs);
  }
}

/**
 * The bounds on the next dial of an address. None for local addresses, for those that the user has chosen, and for those at
 * which a peer has answered. A host counts the first dial alone, and hearsay is counted by bounds of its own there.
 */
export function boundsAt(known: KnownAddress): readonly DialBound[] {
  const { awaitsAnswer, hearsayOf, host, openedAtMs } = known;
  if (isUsersChoice(known) || (openedAtMs !== undefined && hearsayOf === undefined)) return [];
  const subscriber = subscriberOf(host);
  if (subscriber === undefined) return [];
  // An IPv4 address within an IPv6 address (NAT64, 6to4) counts as the IPv4 address.
  const network = networkOf(subscriber.includes(":") ? host : subscriber);
  const ofNetwork: DialBound = { by: "network", key: network };
  if (awaitsAnswer || hearsayOf !== undefined) return [ofNetwork];
  return [{ by: "host", key: subscriber }, ofNetwork];
}
