// Which torrents engines died of. One that was in hand at two deaths in the same step is not told to the third engine.

import { readBreadcrumb, type TorrentId } from "@troupe/messages";
import { DeathBook, wasAskedFor } from "../death-book.ts";
import { asideError } from "./set-aside.ts";

/** How an engine ended. */
export interface EngineDeath {
  readonly error: unknown;
  /** What it had in its hands: see `Context.breadcrumb`. */
  readonly breadcrumb: Int32Array;
  readonly nowMs: number;
}

/** Keeps the deaths of all engines of one coordinator, by the front's own numbers of torrents. */
export class EngineDeaths {
  readonly #deaths = new DeathBook();
  readonly #poisonous = new Set<number>();
  #lastTicket = 0;

  /** A number for a torrent that is to be added: its own in all engines. */
  ticket(): number {
    this.#lastTicket += 1;
    return this.#lastTicket;
  }

  /**
   * Notes a death.
   * @param ticketOf The ticket of a torrent of that engine.
   * @returns The ticket of the torrent that is to be set aside now, if one is.
   */
  note(
    { error, breadcrumb, nowMs }: EngineDeath,
    ticketOf: (torrent: TorrentId) => number | undefined,
  ): number | undefined {
    const found = readBreadcrumb(breadcrumb);
    if (found?.torrent === undefined || wasAskedFor(error)) return undefined;
    const ticket = found.torrent < 0 ? Math.abs(found.torrent) : ticketOf(found.torrent);
    if (ticket === undefined) return undefined;
    if (!this.#deaths.isSecond(`${found.step} ${ticket}`, nowMs)) return undefined;
    this.#poisonous.add(ticket);
    return ticket;
  }

  /** To be asked before a torrent is added to an engine. @throws TroupeError `quarantined`, once. */
  refusePoison(ticket: number): void {
    if (this.#poisonous.delete(ticket)) throw asideError("this torrent");
  }
}
