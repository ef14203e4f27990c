import type { HandshakeFields } from "@troupe/protocol";

import { maxExtendedHandshakes, maxPeerOffers, offenceWindowMs } from "../limits.ts";
import { MetadataExchange } from "./metadata-exchange.ts";
import { NamedPeers } from "./named-peers.ts";

const noFields: HandshakeFields = {};

/** The extensions of a peer (BEP 10), and the state of each. */
export class PeerExtensions {
  /** Both sides speak BEP 10. */
  areSpoken = false;
  /** Our address as the peer sees it. */
  ownIp: string | undefined;
  readonly metadata: MetadataExchange = new MetadataExchange();
  readonly namedPeers: NamedPeers = new NamedPeers();
  /** The other fields of its last handshake, for extensions from outside. */
  otherFields: HandshakeFields = noFields;
  /** Bytes of extensions from outside that it has yet to take. */
  outsideBytesOut = 0;
  #handshakes = 0;
  #countedSinceMs = -Infinity;
  readonly #ids = new Map<string, number>();

  /** @returns Whether this handshake is one of the few in a minute that are read. */
  countHandshake(nowMs: number): boolean {
    if (nowMs - this.#countedSinceMs >= offenceWindowMs) {
      this.#countedSinceMs = nowMs;
      this.#handshakes = 0;
    }
    return ++this.#handshakes <= maxExtendedHandshakes;
  }

  /** The peer's id of an extension that it offers. */
  idOf({ name }: { readonly name: string }): number | undefined {
    return this.#ids.get(name);
  }

  /**
   * The ids of a handshake by name, of extensions that we may begin to speak later too. 0 takes the offer back. Names
   * beyond the bound are not kept.
   */
  setIds(ids: ReadonlyMap<string, number>): void {
    for (const [name, id] of ids) {
      if (id === 0) this.#ids.delete(name);
      else if (this.#ids.size < maxPeerOffers || this.#ids.has(name)) this.#ids.set(name, id);
    }
  }
}
