import { addressKey, classifyAddress } from "@troupe/protocol/address";
import type { PexPeer } from "@troupe/protocol/peer";

/** A longer list is made again less often: 10,000 peers take the engine a tenth of a second. */
const listedPerSecond = 1_000;

/** A connected peer that may be named to other peers. */
export interface ListedPeer extends PexPeer {
  readonly key: string;
  readonly isLocal: boolean;
}

const noneByKey: ReadonlyMap<string, ListedPeer> = new Map<string, ListedPeer>();
const nonePeers: readonly ListedPeer[] = [];

/** The connected peers of a torrent that may be named to other peers, by address. */
export class ExchangeList {
  #byKey = noneByKey;
  #peers = nonePeers;
  #version = 0;
  #dueAtMs = -Infinity;

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

  /** Whether {@link update} is due: at once up to 1,000 peers, after ten seconds with 10,000. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueAtMs;
  }

  /** Replaces the list. Changed flags are no change of the addresses: later partners get them. */
  update(peers: Iterable<PexPeer>, nowMs: number): void {
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
    this.#dueAtMs = nowMs + 1_000 * Math.floor(listed.size / listedPerSecond);
    // Lists of torrents without peers are kept but once.
    this.#byKey = listed.size === 0 ? noneByKey : listed;
    this.#peers = listed.size === 0 ? nonePeers : [...listed.values()];
    if (kept < before.size || kept < listed.size) this.#version++;
  }
}

function listedPeer(key: string, peer: PexPeer): ListedPeer {
  return { ...peer, key, isLocal: classifyAddress(peer.host) === "local" };
}
