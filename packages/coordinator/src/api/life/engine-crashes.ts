// Which torrents engines died of. One that was in hand at two deaths in the same step is not told to the third engine.

import { readBreadcrumb, type TorrentId } from "@troupe/messages";
import { CrashHistory, isDeliberate } from "../../crash-history.ts";
import { quarantinedError } from "./quarantined-torrent.ts";

/** How an engine ended. */
export interface EngineCrash {
  readonly error: unknown;
  /** What it had in its hands: see `Context.breadcrumb`. */
  readonly breadcrumb: Int32Array;
  readonly nowMs: number;
}

/** Keeps the deaths of all engines of one coordinator, by the front's own numbers of torrents. */
export class EngineCrashes {
  readonly #history = new CrashHistory();
  readonly #quarantined = new Set<number>();
  #lastTicket = 0;

  /** A number for a torrent that is to be added: its own in all engines. */
  nextTicket(): number {
    this.#lastTicket += 1;
    return this.#lastTicket;
  }

  /**
   * Notes a death.
   * @param ticketOf The ticket of a torrent of that engine.
   * @returns The ticket of the torrent that is to be quarantined now, if one is.
   */
  recordCrash(
    { error, breadcrumb, nowMs }: EngineCrash,
    ticketOf: (torrent: TorrentId) => number | undefined,
  ): number | undefined {
    const found = readBreadcrumb(breadcrumb);
    if (found?.torrent === undefined || isDeliberate(error)) return undefined;
    const ticket = found.torrent < 0 ? Math.abs(found.torrent) : ticketOf(found.torrent);
    if (ticket === undefined) return undefined;
    if (this.#history.recordCrash(`${found.step} ${ticket}`, nowMs) === "first") return undefined;
    this.#quarantined.add(ticket);
    return ticket;
  }

  /** To be asked before a torrent is added to an engine. @throws TroupeError `quarantined`, once. */
  refuseQuarantined(ticket: number): void {
    if (this.#quarantined.delete(ticket)) throw quarantinedError("this torrent");
  }
}
