// A peer that offers `ut_pex` (BEP 11), and the messages to it: the first after its offer, and further ones, a minute
// apart at least, while the list of peers differs from what it was sent.

import type { Random } from "@troupe/actor-runtime";
import type { PeerExchange } from "@troupe/protocol/peer";
import type { ExchangeList, ListedPeer } from "./exchange-list.ts";

/** The first message waits for connections that are about to open. */
const firstAfterMs = 10_000;
/** Partners that offered together get their first message at different times. */
const firstJitterMs = 10_000;
const intervalMs = 60_000;
/** Added peers of each family in the first message. */
const maxFirstOfFamily = 50;
/** Added peers in each further message; dropped ones in any. */
const maxChanges = 50;
/** Connected peers that a partner knows of from us; further ones are named when some of these are gone. */
const maxSent = 200;

/** The partner's side of its connection. */
export interface Audience {
  /** Undefined while its listen port is unknown. */
  readonly key: string | undefined;
  readonly isLocal: boolean;
}

/** The state of the exchange with a connected peer. */
export class ExchangePartner {
  /** A repeated offer changes nothing: no message comes earlier, no peer is named twice. */
  isOffered = true;
  #dueAtMs: number;
  #hasHeard = false;
  /** Version of the list at the last message, if that message held all changes. */
  #heardVersion: number | undefined;
  readonly #sent = new Map<string, ListedPeer>();

  /** @param chance From 0 to 1. */
  constructor(nowMs: number, chance: number) {
    this.#dueAtMs = nowMs + firstAfterMs + chance * firstJitterMs;
  }

  /** No message before this time; monotonic. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** Whether the list may differ from what the partner was sent. */
  lacksNews({ version }: ExchangeList): boolean {
    return this.#heardVersion !== version;
  }

  /**
   * Call it from {@link dueAtMs} on.
   *
   * @returns The next message, which counts as sent; undefined when nothing changed for this partner.
   */
  nextMessage(
    list: ExchangeList,
    audience: Audience,
    { random, nowMs }: { readonly random: Pick<Random, "integer">; readonly nowMs: number },
  ): PeerExchange | undefined {
    const dropped = this.#drop(list);
    const added = this.#add(list, audience, random);
    const isAll = dropped.length < maxChanges && added.length < maxChanges;
    this.#heardVersion = isAll ? list.version : undefined;
    if (added.length + dropped.length === 0) return undefined;
    this.#hasHeard = true;
    this.#dueAtMs = nowMs + intervalMs;
    return { added: added.map(pexPeerOf), dropped: dropped.map(addressOf) };
  }

  #drop(list: ExchangeList): ListedPeer[] {
    const gone = [...this.#sent.values()].filter(({ key }) => !list.has(key)).slice(0, maxChanges);
    for (const { key } of gone) this.#sent.delete(key);
    return gone;
  }

  /** Adds peers from a random place on, so that partners do not all get the same peers. */
  #add(list: ExchangeList, audience: Audience, random: Pick<Random, "integer">): ListedPeer[] {
    const { peers } = list;
    const room = new Room(this.#hasHeard, maxSent - this.#sent.size);
    const added: ListedPeer[] = [];
    const start = peers.length > 0 ? random.integer(peers.length) : 0;
    for (let step = 0; step < peers.length && room.isLeft; step++) {
      const peer = peers[(start + step) % peers.length];
      if (peer === undefined || !this.#isNews(peer, audience) || !room.take(peer)) continue;
      this.#sent.set(peer.key, peer);
      added.push(peer);
    }
    return added;
  }

  #isNews({ key, isLocal }: ListedPeer, audience: Audience): boolean {
    if (key === audience.key || this.#sent.has(key)) return false;
    return audience.isLocal || !isLocal;
  }
}

/** Places for added peers in a message. */
class Room {
  readonly #left: { 4: number; 6: number };
  #all: number;

  constructor(isLater: boolean, unsent: number) {
    this.#left = { 4: maxFirstOfFamily, 6: maxFirstOfFamily };
    this.#all = Math.min(unsent, isLater ? maxChanges : 2 * maxFirstOfFamily);
  }

  get isLeft(): boolean {
    return this.#all > 0;
  }

  take({ host }: ListedPeer): boolean {
    const family = host.includes(":") ? 6 : 4;
    if (this.#left[family] === 0) return false;
    this.#left[family]--;
    this.#all--;
    return true;
  }
}

function addressOf({ host, port }: ListedPeer): { readonly host: string; readonly port: number } {
  return { host, port };
}

function pexPeerOf({ host, port, flags }: ListedPeer): PeerExchange["added"][number] {
  return { host, port, flags };
}
