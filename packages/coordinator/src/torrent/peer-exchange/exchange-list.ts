import { addressKey, classifyAddress, type PexPeer } from "@troupe/protocol";

/** A connected peer that other peers may be told of. */
export interface ListedPeer extends PexPeer {
  readonly key: string;
  readonly isLocal: boolean;
}

/** The connected peers of a torrent that other peers may be told of, by address. */
export class ExchangeList {
  #byKey = new Map<string, ListedPeer>();
  #peers: readonly ListedPeer[] = [];
  #version = 0;

  /** Grows with each change of the addresses. */
  get version(): number {
    return this.#version;
  }

  get peers(): readonly ListedPeer[] {
    return this.#peers;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Replaces the list. Flags are those of the first time that an address is listed. */
  update(peers: Iterable<PexPeer>): void {
    const before = this.#byKey;
    const listed = new Map<string, ListedPeer>();
    let kept = 0;
    for (const peer of peers) {
      const key = addressKey(peer.host, peer.port);
      if (listed.has(key)) continue;
      const known = before.get(key);
      if (known !== undefined) kept++;
      listed.set(key, known ?? { ...peer, key, isLocal: classifyAddress(peer.host) === "local" });
    }
    if (kept === before.size && kept === listed.size) return;
    this.#byKey = listed;
    this.#peers = [...listed.values()];
    this.#version++;
  }
}
