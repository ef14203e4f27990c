import { MetadataExchange } from "./metadata-exchange.ts";

/** What a peer said about extensions (BEP 10), and the state of each. */
export class PeerExtensions {
  /** Both sides speak BEP 10. */
  areSpoken = false;
  /** When the last handshake was read. */
  handshakeAtMs = -Infinity;
  /** Our address as the peer sees it. */
  ownIp: string | undefined;
  readonly metadata: MetadataExchange = new MetadataExchange();
  readonly #ids = new Map<string, number>();

  /** The peer's id of an extension that it offers. */
  idOf({ name }: { readonly name: string }): number | undefined {
    return this.#ids.get(name);
  }

  /** @param id 0 takes the offer back; undefined changes nothing. */
  setId({ name }: { readonly name: string }, id: number | undefined): void {
    if (id === 0) this.#ids.delete(name);
    else if (id !== undefined) this.#ids.set(name, id);
  }
}
