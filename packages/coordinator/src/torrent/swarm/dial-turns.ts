import type { TorrentId, TorrentWeight } from "@troupe/messages";
import { weightOf } from "../weight.ts";

/** A torrent that dials. */
interface DiallingTorrent {
  readonly id: TorrentId;
  readonly weight: TorrentWeight;
}

/** A turn of a torrent. */
interface Turn {
  readonly dials: number;
  /** Whether the torrent may have another address to dial. */
  readonly hasMore: boolean;
}

/**
 * The turns in which torrents dial. In its turn the lightest torrent dials one address, and a torrent of n times its
 * weight dials n addresses. A turn without a free place for its next dial continues when there is one.
 */
export class DialTurns {
  /** The torrent of the last dial. */
  #last: TorrentId | undefined;
  /** Dials left to torrents, below 1 after a turn. A torrent without an entry has none. */
  readonly #left = new WeakMap<DiallingTorrent, number>();
  #lightest = 1;

  /** @returns The torrents in the order of their turns: from the torrent after the last, if its turn is over. */
  order<Torrent extends DiallingTorrent>(torrents: readonly Torrent[]): Torrent[] {
    this.#lightest = torrents.reduce((least, job) => Math.min(least, weightOf(job)), Infinity);
    const last = torrents.findIndex(({ id }) => id === this.#last);
    const lastTorrent = torrents[last];
    const isOver = lastTorrent === undefined || this.#leftTo(lastTorrent) < 1;
    const first = isOver ? last + 1 : last;
    return [...torrents.slice(first), ...torrents.slice(0, first)];
  }

  /**
   * Gives a torrent its turn.
   *
   * @param dialNext Starts a dial, with so many places free. It returns false when the torrent has no address to dial now,
   *   which ends the turn.
   */
  take(torrent: DiallingTorrent, places: number, dialNext: (places: number) => boolean): Turn {
    let left = this.#leftTo(torrent);
    if (left < 1) left += weightOf(torrent) / this.#lightest;
    let dials = 0;
    let hasMore = true;
    while (left >= 1 && dials < places) {
      hasMore = dialNext(places - dials);
      if (!hasMore) break;
      this.#last = torrent.id;
      dials++;
      left--;
    }
    this.#keep(torrent, hasMore ? left : 0);
    return { dials, hasMore };
  }

  #leftTo(torrent: DiallingTorrent): number {
    return this.#left.get(torrent) ?? 0;
  }

  #keep(torrent: DiallingTorrent, left: number): void {
    if (left > 0) this.#left.set(torrent, left);
    else this.#left.delete(torrent);
  }
}
