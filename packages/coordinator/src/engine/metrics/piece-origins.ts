import type { PieceOrigin, TorrentId } from "@troupe/messages";

/** Downloaded pieces that are remembered, over all torrents; a further piece replaces the oldest. */
const mostOrigins = 10_000;

/** The peers that gave the last pieces. */
export class PieceOrigins {
  readonly #ring: { readonly torrent: TorrentId; readonly origin: PieceOrigin }[] = [];
  /** The place of the oldest piece once the ring is full. */
  #next = 0;

  add(torrent: TorrentId, origin: PieceOrigin): void {
    this.#ring[this.#next] = { torrent, origin };
    this.#next = (this.#next + 1) % mostOrigins;
  }

  /** The pieces of a torrent, the oldest first. */
  of(torrent: TorrentId): readonly PieceOrigin[] {
    const inOrder = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return inOrder.flatMap((each) => (each.torrent === torrent ? each.origin : []));
  }
}
