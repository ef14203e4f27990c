import { WindowCount } from "@troupe/actor-runtime";
import type { HandshakeFields, PexPeer } from "@troupe/protocol/peer";

import { maxExtendedHandshakes, maxPeerOffers, offenceWindowMs } from "../limits.ts";
import { MetadataExchange } from "./metadata-exchange.ts";
import { HolepunchPeer } from "./holepunch-peer.ts";
import type { Offer, SharedOffers } from "./shared-offers.ts";
import { NamedPeers } from "./named-peers.ts";

const noFields: HandshakeFields = {};

/** The extensions of a peer (BEP 10), and the state of each. */
export class PeerExtensions {
  /** Both sides speak BEP 10. */
  areSpoken = false;
  /** Our address as the peer sees it. */
  ownIp: string | undefined;
  #metadata: MetadataExchange | undefined;
  #namedPeers: NamedPeers | undefined;
  #holepunch: HolepunchPeer | undefined;
  /** The other fields of its last handshake, for plugin extensions. */
  otherFields: HandshakeFields = noFields;
  /** Bytes of plugin extensions that it has yet to take. */
  pluginBytesOut = 0;
  /** Whether the engine knows that the peer exchanges peers (BEP 11). */
  isExchangeReported = false;
  /** Handshakes that are read. */
  readonly handshakes: WindowCount = new WindowCount(maxExtendedHandshakes, offenceWindowMs);
  /** Undefined before the first offer. */
  #offer: Offer | undefined;

  /** Both handshakes offer BEP 10. */
  speak(): void {
    this.areSpoken = true;
  }

  /** Made at its first use, as are the named peers: many peers exchange neither. */
  get metadata(): MetadataExchange {
    return (this.#metadata ??= new MetadataExchange());
  }

  get metadataIfAny(): MetadataExchange | undefined {
    return this.#metadata;
  }

  get namedPeers(): NamedPeers {
    return (this.#namedPeers ??= new NamedPeers());
  }

  get holepunch(): HolepunchPeer {
    return (this.#holepunch ??= new HolepunchPeer());
  }

  /** Whether the engine knows that the peer offers `ut_holepunch` (BEP 55). */
  get isHolepunchReported(): boolean {
    return this.#holepunch?.isReported === true;
  }

  /** @returns The peers that were named and not reported yet. */
  takeNamedPeers(): PexPeer[] {
    const peers = this.#namedPeers?.waiting ?? [];
    if (this.#namedPeers !== undefined) this.#namedPeers.waiting = undefined;
    return peers;
  }

  /** The peer's id of an extension that it offers. */
  idOf({ name }: { readonly name: string }): number | undefined {
    return this.#offer?.get(name);
  }

  /**
   * The ids of a handshake by name, of extensions that we may begin to speak later too. 0 takes the offer back. Names
   * beyond the bound are not kept.
   */
  setIds(ids: ReadonlyMap<string, number>, offers: SharedOffers): void {
    const offer = new Map(this.#offer);
    for (const [name, id] of ids) {
      if (id === 0) offer.delete(name);
      else if (offer.size < maxPeerOffers || offer.has(name)) offer.set(name, id);
    }
    this.#offer = offers.share(offer);
  }
}
