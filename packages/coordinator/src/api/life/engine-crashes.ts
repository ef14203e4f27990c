// Quarantines a torrent that the engine was handling at two crashes in the same step.

import { readCrash, type TorrentId } from "@troupe/messages";
import { CrashHistory, isDeliberate } from "@troupe/actor-runtime";
import { quarantinedError } from "./quarantined-torrent.ts";

/** A crash of an engine. */
interface EngineCrash {
  readonly error: unknown;
  /** See `Context.breadcrumb`. */
  readonly breadcrumb: Int32Array;
  readonly nowMs: number;
}

/** The crashes of all engines of a coordinator. */
export class EngineCrashes {
  readonly #history = new CrashHistory();
  readonly #quarantined = new Set<number>();
  #lastTicket = 0;

  /** A number for a torrent that is being added: the same in all engines. */
  nextTicket(): number {
    this.#lastTicket += 1;
    return this.#lastTicket;
  }

  /**
   * @param ticketOf The ticket of a torrent of that engine.
   * @returns The ticket of a torrent to quarantine.
   */
  recordCrash(
    { error, breadcrumb, nowMs }: EngineCrash,
    ticketOf: (torrent: TorrentId) => number | undefined,
  ): number | undefined {
    const found = readCrash(breadcrumb, error);
    if (found?.torrent === undefined || isDeliberate(error)) return undefined;
    const ticket = found.torrent < 0 ? Math.abs(found.torrent) : ticketOf(found.torrent);
    if (ticket === undefined) return undefined;
    if (this.#history.recordCrash(`${found.step} ${ticket}`, nowMs) === "first") return undefined;
    this.#quarantined.add(ticket);
    return ticket;
  }

  /** Called before a torrent is added. @throws TroupeError `quarantined`, once. */
  refuseQuarantined(ticket: number): void {
    if (this.#quarantined.delete(ticket)) throw quarantinedError("this torrent");
  }
}
