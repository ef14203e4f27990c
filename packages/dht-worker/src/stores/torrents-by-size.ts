/** A torrent with its number of peers. */
export interface Sized {
  peerCount: number;
}

/** Torrents in groups of equal size; of each group the torrent that changed longest ago comes first. */
export class TorrentsBySize<Torrent extends Sized> {
  readonly #groups: (Set<Torrent> | undefined)[] = [];
  /** No torrent has more peers. */
  #most = 0;
  /** No torrent has fewer peers. */
  #fewest = 0;

  /**
   * Notes a change of the torrent, which becomes the youngest of its group.
   *
   * @param peerCount The size from now on; with 0 peers the torrent is in no group.
   */
  place(torrent: Torrent, peerCount: number): void {
    this.#groups[torrent.peerCount]?.delete(torrent);
    torrent.peerCount = peerCount;
    if (peerCount === 0) return;
    (this.#groups[peerCount] ??= new Set()).add(torrent);
    this.#most = Math.max(this.#most, peerCount);
    this.#fewest = Math.min(this.#fewest, peerCount);
  }

  /** The largest torrent, of several the one that changed longest ago. */
  largest(): Torrent | undefined {
    while (this.#most > 0 && isEmpty(this.#groups[this.#most])) this.#most--;
    return firstOf(this.#groups[this.#most]);
  }

  /** The smallest torrent, of several the one that changed longest ago. */
  smallest(): Torrent | undefined {
    while (this.#fewest < this.#groups.length && isEmpty(this.#groups[this.#fewest])) {
      this.#fewest++;
    }
    return firstOf(this.#groups[this.#fewest]);
  }
}

function isEmpty(group: ReadonlySet<unknown> | undefined): boolean {
  return group === undefined || group.size === 0;
}

function firstOf<Torrent>(group: ReadonlySet<Torrent> | undefined): Torrent | undefined {
  for (const torrent of group ?? []) return torrent;
  return undefined;
}
