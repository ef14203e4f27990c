import { classifyAddress, packAddress } from "@troupe/protocol/address";
import { bloomFilterBytes, type NodeId, type ScrapeFilters } from "@troupe/protocol/dht";
import { IdMap } from "./id-map.ts";
import { PeerList, type StoredPeer } from "./peer-list.ts";
import { TorrentsBySize } from "./torrents-by-size.ts";

/** The bounds of a {@link PeerStore}. */
interface PeerStoreBounds {
  readonly maxTorrents: number;
  readonly maxPeersPerTorrent: number;
  /** Memory of all entries. Objects and the unused ends of lists take up to 5 MiB more. */
  readonly maxBytes: number;
  /** Without an announce for this long a peer is dropped. */
  readonly expiryMs: number;
}

/** The bounds of {@link PeerStore} unless the user gives others. */
export const defaultPeerStoreBounds: PeerStoreBounds = {
  maxTorrents: 2_000,
  maxPeersPerTorrent: 500,
  maxBytes: 10 * 1_048_576,
  expiryMs: 2_700_000,
};

/** Torrents that each announce looks through for expired peers. */
const sweptPerAnnounce = 2;
/** Torrents that {@link PeerStore.expire} looks through. */
const sweptAtOnce = 64;

interface Torrent {
  readonly infoHash: NodeId;
  peerCount: number;
  readonly lists: { 4?: PeerList; 6?: PeerList };
}

/**
 * The peers that others have announced to us. A full torrent drops the peer that announced longest ago, a full store one
 * of the torrent with the most peers. A new torrent beyond `maxTorrents` replaces the smallest one, of several the one that
 * changed longest ago: a flood of torrents with one peer each never replaces a torrent with more peers.
 */
export class PeerStore {
  readonly #bounds: PeerStoreBounds;
  readonly #torrents = new IdMap<Torrent>();
  readonly #bySize = new TorrentsBySize<Torrent>();
  #peerCount = 0;
  #lengthBytes = 0;
  /** Continues while torrents come and go. */
  #sweep: Iterator<Torrent, undefined> = this.#torrents.values();

  constructor(bounds: PeerStoreBounds = defaultPeerStoreBounds) {
    this.#bounds = bounds;
  }

  get torrentCount(): number {
    return this.#torrents.size;
  }

  /** Peers of all torrents and both families. Peers that have just expired may be among them. */
  get peerCount(): number {
    return this.#peerCount;
  }

  /** Bytes of all entries. */
  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /**
   * Adds or renews a peer.
   *
   * @param infoHash Its memory is kept.
   * @param host Numeric; another text is left out.
   * @param port 1 to 65,535.
   */
  announce(infoHash: NodeId, host: string, port: number, nowMs: number, isSeed = false): void {
    const address = packAddress(host);
    if (address === undefined) return;
    this.#expireSome(sweptPerAnnounce, nowMs);
    const peer = { address, port, isLocal: classifyAddress(host) === "local", isSeed };
    this.#put(this.#torrentOf(infoHash), peer, nowMs);
    while (this.#lengthBytes > this.#bounds.maxBytes) this.#dropFrom(this.#bySize.largest());
  }

  /**
   * @param chance Uniform in [0, 1).
   * @returns Up to `maxPeers` of the torrent's peers, 6 or 18 bytes each (BEP 5, BEP 32), lent until the next announce;
   *   undefined without.
   */
  sample(
    infoHash: NodeId,
    family: 4 | 6,
    maxPeers: number,
    nowMs: number,
    chance: number,
  ): Uint8Array | undefined {
    const list = this.#torrents.get(infoHash)?.lists[family];
    const peers = list?.sample(maxPeers, this.#oldestSecond(nowMs), chance);
    return peers === undefined || peers.length === 0 ? undefined : peers;
  }

  /** @returns The peers of both families as filters (BEP 33); undefined for a torrent without peers. */
  filters(infoHash: NodeId, nowMs: number): ScrapeFilters | undefined {
    const torrent = this.#torrents.get(infoHash);
    if (torrent === undefined) return undefined;
    const filters = {
      seeds: new Uint8Array(bloomFilterBytes),
      leechers: new Uint8Array(bloomFilterBytes),
    };
    const oldest = this.#oldestSecond(nowMs);
    torrent.lists[4]?.insertInto(filters, oldest);
    torrent.lists[6]?.insertInto(filters, oldest);
    return filters;
  }

  /** Drops expired peers of the next 64 torrents; calls go round all torrents. */
  expire(nowMs: number): void {
    this.#expireSome(sweptAtOnce, nowMs);
  }

  #put(torrent: Torrent, peer: StoredPeer, nowMs: number): void {
    const family = peer.address.length === 4 ? 4 : 6;
    const list = (torrent.lists[family] ??= new PeerList(family));
    this.#change(torrent, () => list.announce(peer, secondOf(nowMs)));
    this.#bySize.place(torrent, torrent.peerCount);
    if (torrent.peerCount > this.#bounds.maxPeersPerTorrent) this.#dropFrom(torrent);
  }

  #torrentOf(infoHash: NodeId): Torrent {
    const known = this.#torrents.get(infoHash);
    if (known !== undefined) return known;
    if (this.#torrents.size >= this.#bounds.maxTorrents) this.#remove(this.#bySize.smallest());
    const torrent: Torrent = { infoHash, peerCount: 0, lists: {} };
    this.#torrents.add(infoHash, torrent);
    return torrent;
  }

  /** Drops the oldest peer, of the family with more of them. */
  #dropFrom(torrent: Torrent | undefined): void {
    if (torrent === undefined) return;
    const { 4: four, 6: six } = torrent.lists;
    const list = (four?.count ?? 0) >= (six?.count ?? 0) ? four : six;
    this.#change(torrent, () => list?.dropOldest());
  }

  #expireSome(torrents: number, nowMs: number): void {
    const oldest = this.#oldestSecond(nowMs);
    for (let left = Math.min(torrents, this.#torrents.size); left > 0; left--) {
      const torrent = this.#nextTorrent();
      if (torrent === undefined) return;
      this.#change(torrent, ({ 4: four, 6: six }) => {
        four?.expire(oldest);
        six?.expire(oldest);
      });
    }
  }

  /** The torrents in turns. */
  #nextTorrent(): Torrent | undefined {
    const next = this.#sweep.next();
    if (next.done !== true) return next.value;
    this.#sweep = this.#torrents.values();
    return this.#sweep.next().value;
  }

  /** Keeps counts and order up to date. A torrent without peers is forgotten. */
  #change(torrent: Torrent, change: (lists: Torrent["lists"]) => void): void {
    const bytesBefore = bytesOf(torrent);
    const countBefore = torrent.peerCount;
    change(torrent.lists);
    const count = (torrent.lists[4]?.count ?? 0) + (torrent.lists[6]?.count ?? 0);
    if (count === countBefore) return;
    this.#lengthBytes += bytesOf(torrent) - bytesBefore;
    this.#peerCount += count - countBefore;
    this.#bySize.place(torrent, count);
    if (count === 0) this.#torrents.delete(torrent.infoHash);
  }

  #remove(torrent: Torrent | undefined): void {
    if (torrent === undefined) return;
    this.#change(torrent, (lists) => {
      delete lists[4];
      delete lists[6];
    });
  }

  #oldestSecond(nowMs: number): number {
    return secondOf(nowMs - this.#bounds.expiryMs);
  }
}

function bytesOf({ lists }: Torrent): number {
  return (lists[4]?.lengthBytes ?? 0) + (lists[6]?.lengthBytes ?? 0);
}

/** Never negative, so that it fits its four bytes. */
function secondOf(nowMs: number): number {
  return Math.max(0, Math.floor(nowMs / 1_000));
}
