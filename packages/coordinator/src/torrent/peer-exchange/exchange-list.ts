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

  /** Replaces the list. Changed flags are no change of the addresses: partners to come are told of them. */
  update(peers: Iterable<PexPeer>): void {
    const before = this.#byKey;
    const listed = new Map<string, ListedPeer>();
    let kept = 0;
    for (const peer of peers) {
      const key = addressKey(peer.host, peer.port);
      if (listed.has(key)) continue;
      const known = before.get(key);
      if (known !== undefined) kept++;
      listed.set(key, known?.flags === peer.flags ? known : listedPeer(key, peer));
    }
    this.#byKey = listed;
    this.#peers = [...listed.values()];
    if (kept < before.size || kept < listed.size) this.#version++;
  }
}

function listedPeer(key: string, peer: PexPeer): ListedPeer {
  return { ...peer, key, isLocal: classifyAddress(peer.host) === "local" };
}
