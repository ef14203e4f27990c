import type { TorrentId } from "@troupe/messages";
import { wireHashes, type InfoHashes } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";

/** The parts of a torrent that it is found by. */
interface Named {
  readonly id: TorrentId;
  readonly identity: InfoHashes;
}

/** The torrents of an engine in the order of their adding, by id and by info-hash. */
export class Torrents<Torrent extends Named> {
  readonly #byId = new Map<TorrentId, Torrent>();
  readonly #byHash = new Map<InfoHash, Torrent>();

  get size(): number {
    return this.#byId.size;
  }

  add(torrent: Torrent): void {
    this.#byId.set(torrent.id, torrent);
    this.hashesLearned(torrent);
  }

  /** The torrent is found by all its hashes from now on, in place of another torrent. */
  hashesLearned(torrent: Torrent): void {
    for (const hash of wireHashes(torrent.identity)) this.#byHash.set(hash, torrent);
  }

  get(id: TorrentId): Torrent | undefined {
    return this.#byId.get(id);
  }

  has(id: TorrentId): boolean {
    return this.#byId.has(id);
  }

  /** @returns The torrent that has one of these info-hashes. @param except Another one than this. */
  find(hashes: InfoHashes, except?: Torrent): Torrent | undefined {
    for (const hash of wireHashes(hashes)) {
      const torrent = this.#byHash.get(hash);
      if (torrent !== undefined && torrent !== except) return torrent;
    }
    return undefined;
  }

  values(): MapIterator<Torrent> {
    return this.#byId.values();
  }

  delete(id: TorrentId): void {
    const torrent = this.#byId.get(id);
    if (torrent === undefined) return;
    this.#byId.delete(id);
    for (const hash of wireHashes(torrent.identity)) {
      if (this.#byHash.get(hash) === torrent) this.#byHash.delete(hash);
    }
  }
}
