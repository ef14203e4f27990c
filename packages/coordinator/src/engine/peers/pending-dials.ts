import type { TorrentId } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";

interface PendingDial {
  readonly torrent: TorrentId;
  readonly host: string;
  readonly port: number;
}

/** The dials at a peer-worker that it has not answered, over all torrents. */
export class PendingDials {
  readonly #pending = new Map<string, PendingDial>();
  readonly #counts = new Map<TorrentId, number>();

  get size(): number {
    return this.#pending.size;
  }

  count(torrent: TorrentId): number {
    return this.#counts.get(torrent) ?? 0;
  }

  add(torrent: TorrentId, host: string, port: number): void {
    const key = dialKey(torrent, host, port);
    if (this.#pending.has(key)) return;
    this.#pending.set(key, { torrent, host, port });
    this.#counts.set(torrent, this.count(torrent) + 1);
  }

  /** @returns whether this dial was pending: an answer counts once. */
  remove(torrent: TorrentId, host: string, port: number): boolean {
    if (!this.#pending.delete(dialKey(torrent, host, port))) return false;
    const left = this.count(torrent) - 1;
    if (left > 0) this.#counts.set(torrent, left);
    else this.#counts.delete(torrent);
    return true;
  }

  /** For a closed torrent. @returns the pending dials. */
  forget(torrent: TorrentId): PendingDial[] {
    const pending = [...this.#pending.values()].filter((dial) => dial.torrent === torrent);
    for (const { host, port } of pending) this.remove(torrent, host, port);
    return pending;
  }

  /** For a crashed worker. @returns the pending dials. */
  drain(): PendingDial[] {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#counts.clear();
    return pending;
  }
}

function dialKey(torrent: TorrentId, host: string, port: number): string {
  return `${torrent} ${addressKey(host, port)}`;
}
