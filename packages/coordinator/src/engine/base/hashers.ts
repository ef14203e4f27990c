// The hashers of the user's program: torrents that name the same module share its thread, which ends with the last of them.

import type { Hasher } from "@troupe/hash-worker";
import type { TorrentId } from "@troupe/messages";

/** Modules with hashers at once: each has a thread. The torrent of a further one fails at its start. */
export const mostHashers = 4;

interface SharedHasher {
  readonly hasher: Hasher;
  users: number;
}

/** The open hashers of all torrents, by the URL of their module. */
export class Hashers {
  readonly #open: (url: string, torrent: TorrentId) => Hasher;
  readonly #shared = new Map<string, SharedHasher>();

  constructor(open: (url: string, torrent: TorrentId) => Hasher) {
    this.#open = open;
  }

  /**
   * @returns The hasher of the module, until as many calls of {@link release}; undefined while {@link mostHashers} others are
   *   open.
   */
  take(url: string, torrent: TorrentId): Hasher | undefined {
    const shared = this.#shared.get(url);
    if (shared !== undefined) {
      shared.users += 1;
      return shared.hasher;
    }
    if (this.#shared.size >= mostHashers) return undefined;
    const hasher = this.#open(url, torrent);
    this.#shared.set(url, { hasher, users: 1 });
    return hasher;
  }

  /** A user of the module has ended. */
  release(url: string): void {
    const shared = this.#shared.get(url);
    if (shared === undefined) throw new Error(`bug: the hasher ${url} is released twice`);
    shared.users -= 1;
    if (shared.users > 0) return;
    this.#shared.delete(url);
    void shared.hasher.close();
  }
}
