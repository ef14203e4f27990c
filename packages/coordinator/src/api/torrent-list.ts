// The torrents of one coordinator: all, and by their number in the present engine.

import type { TorrentId } from "@troupe/messages";
import { TroupeError } from "../troupe-error.ts";
import type { TorrentProxy } from "./torrent-proxy.ts";

/** Keeps torrents over crashes of engines. A crash at any moment loses none. */
export class TorrentList {
  readonly #all = new Set<TorrentProxy>();
  readonly #byId = new Map<TorrentId, TorrentProxy>();
  #lastId = 0;

  /** In the order of their adding. */
  get all(): readonly TorrentProxy[] {
    return [...this.#all];
  }

  /** Above every number of an engine so far. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  /** The torrent with a number of the present engine. */
  get(id: TorrentId): TorrentProxy | undefined {
    return this.#byId.get(id);
  }

  withTicket(ticket: number): TorrentProxy | undefined {
    return this.all.find((torrent) => torrent.ticket === ticket);
  }

  /** @param torrent Known to the present engine. */
  add(torrent: TorrentProxy): void {
    this.#all.add(torrent);
    this.assignId(torrent);
  }

  remove(torrent: TorrentProxy): void {
    this.#all.delete(torrent);
    this.#byId.delete(torrent.id);
  }

  /** Gives every torrent this error. */
  fail(code: string, message: string): void {
    for (const torrent of this.#all) torrent.receive({ event: "error", code, message });
  }

  /**
   * Ends every torrent for its user.
   *
   * @param areFree No thread of this process writes to the files any more: all locks are released before this resolves.
   */
  async end(areFree: boolean): Promise<void> {
    const { all } = this;
    this.#all.clear();
    this.#byId.clear();
    await Promise.all(all.map((torrent) => torrent.end(areFree)));
  }

  /**
   * Adds every torrent to a new engine. A torrent that it refuses gets that error.
   *
   * @param isCurrent False when the engine has a successor, whose own call of this method takes over.
   * @returns Whether all were added.
   * @throws rejects when the engine crashes meanwhile.
   */
  async addToEngine(isCurrent: () => boolean): Promise<boolean> {
    this.#byId.clear();
    for (const torrent of this.all) {
      if (!isCurrent()) return false;
      if (!this.#all.has(torrent) || torrent.isQuarantined) continue;
      await addToEngine(torrent);
      if (!isCurrent()) return false;
      if (this.#all.has(torrent)) this.assignId(torrent);
      // Removed while the engine added the torrent: it has to remove it as well.
      else torrent.remove().catch(() => undefined);
    }
    return isCurrent();
  }

  /** Notes the number that the present engine gave a torrent. */
  assignId(torrent: TorrentProxy): void {
    this.#lastId = Math.max(this.#lastId, torrent.id);
    this.#byId.set(torrent.id, torrent);
  }
}

async function addToEngine(torrent: TorrentProxy): Promise<void> {
  try {
    await torrent.addToEngine();
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    torrent.report(error);
  }
}
