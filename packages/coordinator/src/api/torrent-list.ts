// The torrents of one coordinator: every one of them, and by the number that the engine at hand knows it by.

import type { TorrentId } from "@troupe/messages";
import { TroupeError } from "../troupe-error.ts";
import type { Torrent } from "./torrent.ts";

/** Keeps torrents over the deaths of engines: none is lost, however often and at whatever moment one dies. */
export class TorrentList {
  readonly #all = new Set<Torrent>();
  readonly #byId = new Map<TorrentId, Torrent>();
  #lastId = 0;

  /** In the order in which they were added. */
  get all(): readonly Torrent[] {
    return [...this.#all];
  }

  /** Higher than every number that an engine has given so far. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  /** The torrent that the engine at hand calls by this number. */
  get(id: TorrentId): Torrent | undefined {
    return this.#byId.get(id);
  }

  /** The torrent that was added with this ticket. */
  withTicket(ticket: number): Torrent | undefined {
    return this.all.find((torrent) => torrent.ticket === ticket);
  }

  /** One that the engine at hand knows. @returns it. */
  add(torrent: Torrent): Torrent {
    this.#all.add(torrent);
    this.assignId(torrent);
    return torrent;
  }

  remove(torrent: Torrent): void {
    this.#all.delete(torrent);
    this.#byId.delete(torrent.id);
  }

  /** Each of them gets this error. */
  fail(code: string, message: string): void {
    for (const torrent of this.#all) torrent.receive({ event: "error", code, message });
  }

  /**
   * Nothing follows for any of them.
   *
   * @param areFree Nothing of this process writes to their files any more: others may run them when this resolves.
   */
  async end(areFree: boolean): Promise<void> {
    const { all } = this;
    this.#all.clear();
    this.#byId.clear();
    await Promise.all(all.map((torrent) => torrent.ended(areFree)));
  }

  /**
   * Tells a new engine of every torrent; one that it refuses gets that error.
   *
   * @param isCurrent Whether that engine is still the one at hand: if not, the next telling has taken over.
   * @returns Whether all were told.
   * @throws rejects when the engine dies meanwhile.
   */
  async addToEngine(isCurrent: () => boolean): Promise<boolean> {
    this.#byId.clear();
    for (const torrent of this.all) {
      if (!isCurrent()) return false;
      if (!this.#all.has(torrent) || torrent.isSetAside) continue;
      await addAgain(torrent);
      if (!isCurrent()) return false;
      if (this.#all.has(torrent)) this.assignId(torrent);
      // Removed while the engine was told: it is told that too.
      else torrent.remove().catch(() => undefined);
    }
    return isCurrent();
  }

  /** The engine at hand calls a torrent by another number now. */
  assignId(torrent: Torrent): void {
    this.#lastId = Math.max(this.#lastId, torrent.id);
    this.#byId.set(torrent.id, torrent);
  }
}

async function addAgain(torrent: Torrent): Promise<void> {
  try {
    await torrent.addAgain();
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    const { code, message } = error;
    torrent.receive({ event: "state", state: "error", fault: { code, message } });
    torrent.receive({ event: "error", code, message });
  }
}
