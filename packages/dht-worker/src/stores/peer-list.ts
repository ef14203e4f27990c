import { writeUint16 } from "@troupe/protocol/bytes";
import { insertAddress, type ScrapeFilters } from "@troupe/protocol/dht";

/** Entries that the memory grows by, so that a list wastes less than this. */
const growthEntries = 16;
/** Memory of the first entries: most torrents have few peers. */
const firstEntries = 4;
const portBytes = 2;
const secondBytes = 4;
/** A bit beside the second of an entry: its peer is a seed. */
const seedBit = 0x80000000;

/** The address of a peer. */
export interface StoredPeer {
  /** 4 or 16 bytes, the length of all addresses of a list. */
  readonly address: Uint8Array;
  readonly port: number;
  /** Many peers share a local address, and differ by their port. */
  readonly isLocal: boolean;
  readonly isSeed: boolean;
}

/**
 * The peers of a torrent in one address family, without order. Addresses and ports are packed as answers have them (BEP 5).
 * An internet address is there once.
 */
export class PeerList {
  readonly #addressBytes: number;
  /** Bytes of an address and its port. */
  readonly #peerBytes: number;
  #peers: Uint8Array = new Uint8Array(0);
  /** The second of the last announce of each peer, and {@link seedBit}. */
  #seconds: Uint32Array = new Uint32Array(0);
  #count = 0;

  constructor(family: 4 | 6) {
    this.#addressBytes = family === 4 ? 4 : 16;
    this.#peerBytes = this.#addressBytes + portBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes of all entries. */
  get lengthBytes(): number {
    return this.#count * (this.#peerBytes + secondBytes);
  }

  /** Adds the peer, or renews its time and port. */
  announce(peer: StoredPeer, second: number): void {
    const packed = new Uint8Array(this.#peerBytes);
    packed.set(peer.address);
    writeUint16(packed, this.#addressBytes, peer.port);
    let entry = this.#find(packed, peer.isLocal);
    if (entry < 0) {
      entry = this.#count;
      this.#resize(this.#count + 1);
    }
    this.#peers.set(packed, entry * this.#peerBytes);
    this.#seconds[entry] = peer.isSeed ? second + seedBit : second;
  }

  /** Adds the addresses of fresh peers to the filters of BEP 33. @param since A time as in {@link sample}. */
  insertInto({ seeds, leechers }: ScrapeFilters, since: number): void {
    for (let entry = 0; entry < this.#count; entry++) {
      if (this.#secondOf(entry) < since) continue;
      const at = entry * this.#peerBytes;
      const address = this.#peers.subarray(at, at + this.#addressBytes);
      insertAddress((this.#seconds[entry] ?? 0) >= seedBit ? seeds : leechers, address);
    }
  }

  dropOldest(): void {
    let oldest = 0;
    for (let entry = 1; entry < this.#count; entry++) {
      if (this.#secondOf(entry) < this.#secondOf(oldest)) oldest = entry;
    }
    if (this.#count > 0) this.#remove(oldest);
  }

  /** Drops peers that announced before this second. */
  expire(second: number): void {
    // From the end: a removed entry is replaced by the last, which has been looked at.
    for (let entry = this.#count - 1; entry >= 0; entry--) {
      if (this.#secondOf(entry) < second) this.#remove(entry);
    }
  }

  /**
   * @param since Peers that announced before this second are left out.
   * @param chance Uniform in [0, 1).
   * @returns Up to `maxPeers` neighbours in the list, from a place by chance on, packed. Lent until the list changes.
   */
  sample(maxPeers: number, since: number, chance: number): Uint8Array {
    const first = Math.floor(chance * this.#count);
    const end = first + maxPeers;
    if (end <= this.#count && this.#freshEnd(first, end, since) === end) {
      return this.#peers.subarray(first * this.#peerBytes, end * this.#peerBytes);
    }
    const peers = new Uint8Array(Math.min(maxPeers, this.#count) * this.#peerBytes);
    const filled = this.#copy(peers, 0, { from: first, to: this.#count, since });
    return peers.subarray(0, this.#copy(peers, filled, { from: 0, to: first, since }));
  }

  /** Copies runs of fresh entries, as many as there is room for. @returns The end of the filled bytes. */
  #copy(
    target: Uint8Array,
    start: number,
    { from, to, since }: { readonly from: number; readonly to: number; readonly since: number },
  ): number {
    let filled = start;
    let entry = from;
    while (entry < to && filled < target.length) {
      const most = Math.min(to, entry + (target.length - filled) / this.#peerBytes);
      const runEnd = this.#freshEnd(entry, most, since);
      const run = this.#peers.subarray(entry * this.#peerBytes, runEnd * this.#peerBytes);
      target.set(run, filled);
      filled += run.length;
      entry = runEnd < most ? runEnd + 1 : runEnd;
    }
    return filled;
  }

  /** The first expired entry of a range, or its end. */
  #freshEnd(from: number, to: number, since: number): number {
    let entry = from;
    while (entry < to && this.#secondOf(entry) >= since) entry++;
    return entry;
  }

  /** The entry of the same address, of a local one with the same port; -1 without. */
  #find(packed: Uint8Array, isLocal: boolean): number {
    const compared = isLocal ? this.#peerBytes : this.#addressBytes;
    for (let entry = 0; entry < this.#count; entry++) {
      const at = entry * this.#peerBytes;
      let same = 0;
      while (same < compared && this.#peers[at + same] === packed[same]) same++;
      if (same === compared) return entry;
    }
    return -1;
  }

  #secondOf(entry: number): number {
    return (this.#seconds[entry] ?? 0) % seedBit;
  }

  /** The last entry fills the gap. */
  #remove(entry: number): void {
    const last = this.#count - 1;
    this.#peers.copyWithin(
      entry * this.#peerBytes,
      last * this.#peerBytes,
      this.#count * this.#peerBytes,
    );
    this.#seconds[entry] = this.#seconds[last] ?? 0;
    this.#resize(last);
  }

  /** Memory follows the entries in both directions. */
  #resize(count: number): void {
    this.#count = count;
    const room = this.#seconds.length;
    if (count <= room && room - count <= 2 * growthEntries) return;
    const entries =
      count <= firstEntries ? firstEntries : Math.ceil(count / growthEntries) * growthEntries;
    const kept = Math.min(room, entries);
    const peers = new Uint8Array(entries * this.#peerBytes);
    peers.set(this.#peers.subarray(0, kept * this.#peerBytes));
    const seconds = new Uint32Array(entries);
    seconds.set(this.#seconds.subarray(0, kept));
    this.#peers = peers;
    this.#seconds = seconds;
  }
}
