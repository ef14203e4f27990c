// The deadlines of a torrent's pieces. An engine that has no content of the torrent drops them, so they are sent again when
// the content of a magnet begins, and to a new engine.

import type { Deadline, TorrentId, TorrentInfo } from "@troupe/messages";
import { refuseUnknown } from "./metadata-arrival.ts";
import { deadlinesWithin } from "./options/deadline-list.ts";
import type { TorrentServices } from "./torrent-services.ts";

/** The torrent of deadlines. */
interface DueTorrent {
  /** Its number in the present engine. */
  readonly id: TorrentId;
  readonly info: TorrentInfo;
  readonly services: Pick<TorrentServices, "clock" | "engine">;
}

/** The deadlines that the user has set last. */
export class PieceDeadlines {
  readonly #torrent: DueTorrent;
  #deadlines: readonly Deadline[] = [];
  #setAtMs = 0;

  constructor(torrent: DueTorrent) {
    this.#torrent = torrent;
  }

  /** Replaces all deadlines. @throws TroupeError `metadata-unknown`, `option-out-of-range` */
  set(list: readonly { readonly piece: number; readonly ms: number }[]): void {
    const { info } = this.#torrent;
    refuseUnknown(info, "set deadlines");
    this.#deadlines = deadlinesWithin(list, info.pieces);
    this.#setAtMs = this.#torrent.services.clock.nowMs();
    this.#send();
  }

  /** For an engine that may have dropped them. A deadline that has passed is 0 ms away. */
  sendAgain(): void {
    if (this.#deadlines.length > 0) this.#send();
  }

  #send(): void {
    const { id: torrent, services } = this.#torrent;
    const passedMs = Math.round(services.clock.nowMs() - this.#setAtMs);
    const deadlines = this.#deadlines.map(({ piece, ms }) => ({
      piece,
      ms: Math.max(0, ms - passedMs),
    }));
    services.engine.cast("set-deadlines", { torrent, deadlines });
  }
}
