// The extensions of a scripted peer (BEP 10): metadata and peer exchange, as its script has them.

import type { Timer } from "@troupe/actor-runtime";
import {
  decodeExtendedHandshake,
  decodePeerExchange,
  encodeExtendedHandshake,
  encodePeerExchange,
  type PeerExchange,
  type PexPeer,
} from "@troupe/protocol/peer";
import { MetadataOffers } from "./metadata-offers.ts";
import type { SessionPeer } from "./peer-session.ts";

/** Its own id of `ut_pex`. */
const exchangeId = 5;
const mostRead = 1_000;
/** Where every scripted peer listens. */
const listenPort = 6881;

/** How a scripted peer exchanges peers (BEP 11). */
export interface ExchangeScript {
  /** The peers of a message, asked for when it is sent. @param message 0 for the first of a connection. */
  readonly names: (message: number) => readonly PexPeer[];
  /** From the other side's offer to the first message. Default a second. */
  readonly firstAfterMs?: number;
  /** Between two messages. Default a minute. */
  readonly everyMs?: number;
}

/** A message of peer exchange that came. */
export interface ToldPeers extends PeerExchange {
  readonly atMs: number;
}

/** The extensions of one connection. */
export class ScriptedExtensions {
  readonly #peer: SessionPeer;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #metadata: MetadataOffers | undefined;
  /** The other side's id of `ut_pex`. */
  #exchangeId = 0;
  #messages = 0;
  #timer: Timer | undefined;

  constructor(peer: SessionPeer, write: (bytes: Uint8Array) => void) {
    const { torrent, script } = peer;
    this.#peer = peer;
    this.#write = write;
    if (script.metadata !== undefined)
      this.#metadata = new MetadataOffers(torrent.info, script.metadata);
  }

  /** Sends the extended handshake, if the script has an extension. */
  greet(): void {
    const { metadata, peerExchange } = this.#peer.script;
    if (metadata === undefined && peerExchange === undefined) return;
    const offer = this.#metadata?.offer;
    const exchange = peerExchange === undefined ? {} : { ut_pex: exchangeId };
    const extensions = { ...offer?.extensions, ...exchange };
    const port = peerExchange === undefined ? {} : { port: listenPort };
    const client = { client: "Simulated", requestQueue: 500 };
    this.#write(encodeExtendedHandshake({ ...client, ...offer, ...port, extensions }));
  }

  /** A message of the other side. */
  receive(id: number, payload: Uint8Array): void {
    const { ports, script, toldPeers } = this.#peer;
    if (id === 0) this.#handshakeRead(payload);
    if (id === exchangeId) {
      const atMs = ports.clock.nowMs();
      toldPeers.push({ atMs, ...decodePeerExchange(payload, mostRead) });
    }
    const answer = this.#metadata?.answer(id, payload);
    if (answer === undefined) return;
    const delayMs = script.leastServeMs + ports.random.next() * script.serveJitterMs;
    ports.timers.after(delayMs, () => this.#write(answer));
  }

  end(): void {
    this.#timer?.cancel();
    this.#exchangeId = 0;
  }

  #handshakeRead(payload: Uint8Array): void {
    const { ports, script } = this.#peer;
    const handshake = decodeExtendedHandshake(payload);
    this.#metadata?.handshakeRead(handshake);
    // An offer that is taken back has the id 0.
    this.#exchangeId = handshake.extensions.get("ut_pex") ?? this.#exchangeId;
    if (script.peerExchange === undefined || this.#timer !== undefined) return;
    const { firstAfterMs = 1_000, everyMs = 60_000, names } = script.peerExchange;
    const send = (): void => {
      const added = names(this.#messages++);
      if (this.#exchangeId !== 0)
        this.#write(encodePeerExchange(this.#exchangeId, { added, dropped: [] }));
      this.#timer = ports.timers.after(everyMs, send);
    };
    this.#timer = ports.timers.after(firstAfterMs, send);
  }
}
