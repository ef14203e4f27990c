// Peers that have named an address: each may be the relay to it (BEP 55).

import { LazyMap } from "@troupe/actor-runtime";

/** Tellers of an address; further ones are not kept. */
const tellersOfAddress = 4;
/** Addresses of a torrent whose tellers are kept; the address that was named first is forgotten. */
const addressLimit = 1_000;
/** Time between two requests for the same address. */
const pauseMs = 60_000;

interface Told {
  /** Peer ids as Latin-1 text. */
  readonly tellers: readonly string[];
  /** Monotonic. */
  readonly askedAtMs: number;
}

/** The tellers of the addresses of a torrent, by the key of the address. */
export class AddressTellers {
  readonly #told = new LazyMap<string, Told>();

  /** A peer that may relay names the address. */
  note(key: string, peerId: string): void {
    const { tellers, askedAtMs } = this.#told.get(key) ?? { tellers: [], askedAtMs: -Infinity };
    if (tellers.includes(peerId) || tellers.length === tellersOfAddress) return;
    this.#told.set(key, { tellers: [...tellers, peerId], askedAtMs });
    if (this.#told.size <= addressLimit) return;
    const [oldest = ""] = this.#told.keys();
    this.#told.delete(oldest);
  }

  /** The peer does not lead to the address: another teller may be asked at once. */
  remove(key: string, peerId: string): void {
    const told = this.#told.get(key);
    if (told?.tellers.includes(peerId) !== true) return;
    const tellers = told.tellers.filter((teller) => teller !== peerId);
    if (tellers.length === 0) this.#told.delete(key);
    else this.#told.set(key, { tellers, askedAtMs: -Infinity });
  }

  /**
   * The teller to ask for the address. It counts as asked.
   *
   * @param mayAsk Whether the teller is connected, and relays.
   * @returns Undefined without a teller that may be asked, and during the pause of a minute.
   */
  ask<Teller>(
    key: string,
    nowMs: number,
    mayAsk: (peerId: string) => Teller | undefined,
  ): Teller | undefined {
    const told = this.#told.get(key);
    if (told === undefined || nowMs - told.askedAtMs < pauseMs) return undefined;
    for (const peerId of told.tellers) {
      const teller = mayAsk(peerId);
      if (teller === undefined) continue;
      this.#told.set(key, { ...told, askedAtMs: nowMs });
      return teller;
    }
    return undefined;
  }
}
