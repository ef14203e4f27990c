import type { Timers } from "@troupe/actor-runtime";
import type { PeerRowIndex, TorrentId } from "@troupe/messages";

import { interestNewsMs } from "../limits.ts";
import type { EngineNotices } from "./engine-notices.ts";

interface NewsTorrent {
  readonly id: TorrentId;
  readonly isClosing: boolean;
}

/**
 * Tells the engine of peers whose interest has changed: at the end of the turn, then gathered over
 * {@link interestNewsMs}. A torrent's list is bounded by its rows.
 */
export class InterestNews {
  readonly #timers: Pick<Timers, "after" | "soon">;
  readonly #notices: Pick<EngineNotices, "emit">;
  readonly #changed = new Map<NewsTorrent, Set<PeerRowIndex>>();
  #isWaiting = false;

  constructor(timers: Pick<Timers, "after" | "soon">, notices: Pick<EngineNotices, "emit">) {
    this.#timers = timers;
    this.#notices = notices;
  }

  /** Notes that the interest in a row has changed. */
  note(torrent: NewsTorrent, rowIndex: PeerRowIndex): void {
    const rows = this.#changed.get(torrent) ?? new Set();
    this.#changed.set(torrent, rows.add(rowIndex));
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#timers.soon(() => this.#tell());
  }

  #tell(): void {
    this.#isWaiting = this.#changed.size > 0;
    if (!this.#isWaiting) return;
    for (const [torrent, rows] of this.#changed) {
      if (!torrent.isClosing)
        this.#notices.emit("interest-changed", { torrent: torrent.id, peers: [...rows] });
    }
    this.#changed.clear();
    this.#timers.after(interestNewsMs, () => this.#tell());
  }
}
