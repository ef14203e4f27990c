// The rules of a tracker's answers. A reply names only clients that announced themselves for its swarm; in a swarm at rest
// it names all others where they are fewer than wanted, and a scrape counts the clients that are there.

import type { Share } from "../../plan/plan.ts";
import type { ClientAddresses } from "../clients/client-addresses.ts";
import type { ClientPorts } from "../clients/tracker-swarms.ts";
import type { NamedPeers } from "./named-peers.ts";
import { Membership, notAtRest, type SwarmCounts } from "./swarm-counts.ts";

/** Labels of `broken_rules`. */
type TrackerRule =
  | "names a stranger"
  | "names a stopped client"
  | "leaves out peers"
  | "scrape counts other clients";

/** Trackers name no more peers, whatever is wanted; over IPv6 a datagram has room for so many. */
const mostNamed = { 4: 200, 6: 76 } as const;

/** Interval of trackers whose reply gave none so far. */
const usualIntervalMs = 1_800_000;

/** Parts that rules look at. */
interface RuleParts {
  readonly counts: SwarmCounts;
  readonly ports: ClientPorts;
  readonly addresses: ClientAddresses;
  readonly share: Share;
  readonly swarms: number;
  /** Peers asked for. */
  readonly wanted: number;
  readonly family: 4 | 6;
  readonly broken: (rule: TrackerRule) => void;
}

/** An answer to an announce. */
interface AnsweredAnnounce {
  readonly member: number;
  /** `restOf` the swarm when it was sent. */
  readonly rest: number;
  readonly intervalSeconds: number;
  readonly nowMs: number;
}

/** Judges answers. It keeps no record of its own but the interval. */
export class TrackerRules {
  readonly #parts: RuleParts;
  /** Every client of a swarm belongs to this generator. */
  readonly #seesWholeSwarms: boolean;
  /** The reply that named a client last. */
  readonly #namedIn: Uint32Array;
  #reply = 0;
  #intervalMs = usualIntervalMs;

  constructor(parts: RuleParts) {
    this.#parts = parts;
    this.#seesWholeSwarms = parts.swarms % parts.share.of === 0;
    this.#namedIn = new Uint32Array(parts.counts.clientCount);
  }

  /** Counts the rules that a reply breaks, each once. */
  checkAnnounce(answer: AnsweredAnnounce, peers: NamedPeers): void {
    const { counts } = this.#parts;
    this.#intervalMs = answer.intervalSeconds * 1_000;
    this.#reply = (this.#reply + 1) >>> 0;
    const swarm = counts.swarmOf(answer.member);
    const named = this.#readNamed(answer, swarm, peers);
    if (named.strangers > 0) this.#parts.broken("names a stranger");
    if (named.stopped > 0) this.#parts.broken("names a stopped client");
    if (this.#isAtRest(swarm, answer.rest) && this.#leavesOut(answer, swarm, named)) {
      this.#parts.broken("leaves out peers");
    }
  }

  /** @param rest `restOf` the swarm when the scrape was sent. */
  checkScrape(swarm: number, rest: number, count: number, nowMs: number): void {
    if (!this.#isAtRest(swarm, rest)) return;
    const { counts } = this.#parts;
    const all = counts.leechersOf(swarm) + counts.seedsOf(swarm);
    if (count === all) return;
    const fresh = counts.freshIn(swarm, nowMs - this.#intervalMs);
    const isBelow = count < fresh.leechers + fresh.seeds;
    if (isBelow || count > all) this.#parts.broken("scrape counts other clients");
  }

  #readNamed(answer: AnsweredAnnounce, swarm: number, peers: NamedPeers): Named {
    const named: Named = { strangers: 0, stopped: 0, leechers: 0, seeds: 0 };
    const stoppedSinceMs = answer.nowMs - this.#intervalMs;
    const { peerCount } = peers;
    for (let peer = 0; peer < peerCount; peer++) {
      const member = this.#parts.ports.memberOf(peers.peerPort(peer));
      if (!this.#isClientOf(swarm, member) || !this.#isAtItsPlace(member, peers, peer)) {
        named.strangers++;
      } else if (this.#isOwn(member)) {
        this.#countOwn(named, member, stoppedSinceMs, answer.member);
      }
    }
    return named;
  }

  #countOwn(named: Named, member: number, stoppedSinceMs: number, asker: number): void {
    const { counts } = this.#parts;
    if (!counts.hasAnnounced(member)) named.strangers++;
    else if (!counts.mayBeNamed(member, stoppedSinceMs)) named.stopped++;
    if (member === asker || this.#namedIn[member] === this.#reply) return;
    this.#namedIn[member] = this.#reply;
    const known = counts.knownOf(member);
    if (known === Membership.leecher) named.leechers++;
    if (known === Membership.seed) named.seeds++;
  }

  /** A seed needs no seeds: trackers may leave them out. */
  #leavesOut({ member, nowMs }: AnsweredAnnounce, swarm: number, named: Named): boolean {
    const { counts, wanted, family } = this.#parts;
    const own = counts.knownOf(member);
    const leechers = counts.leechersOf(swarm) - (own === Membership.leecher ? 1 : 0);
    const seeds = counts.seedsOf(swarm) - (own === Membership.seed ? 1 : 0);
    if (leechers + seeds >= wanted || leechers + seeds > mostNamed[family]) return false;
    const isShort = (leechers: number, seeds: number): boolean =>
      own === Membership.seed
        ? named.leechers < leechers
        : named.leechers + named.seeds < leechers + seeds;
    if (!isShort(leechers, seeds)) return false;
    // The asker has announced itself just now.
    const fresh = counts.freshIn(swarm, nowMs - this.#intervalMs);
    const ownLeecher = own === Membership.leecher ? 1 : 0;
    return isShort(fresh.leechers - ownLeecher, fresh.seeds - (1 - ownLeecher));
  }

  #isAtRest(swarm: number, rest: number): boolean {
    return this.#seesWholeSwarms && rest !== notAtRest && this.#parts.counts.restOf(swarm) === rest;
  }

  #isClientOf(swarm: number, member: number): boolean {
    const { counts } = this.#parts;
    return member >= 0 && member < counts.clientCount && counts.swarmOf(member) === swarm;
  }

  #isAtItsPlace(member: number, peers: NamedPeers, peer: number): boolean {
    const { addresses } = this.#parts;
    const ip4 = peers.peerIp4(peer);
    return ip4 >= 0 ? addresses.isAtIp4(member, ip4) : addresses.isAt(member, peers.peerHost(peer));
  }

  #isOwn(member: number): boolean {
    const { share } = this.#parts;
    return member % share.of === share.index;
  }
}

interface Named {
  strangers: number;
  stopped: number;
  leechers: number;
  seeds: number;
}
