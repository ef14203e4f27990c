// What the peers of one torrent have moved, over all peer-workers.

import { Total, TorrentTable } from "@troupe/messages";
import type { PeerLimits } from "../swarm/peer-limits.ts";
import { WhyWatch } from "./why-watch.ts";

const counted = ["downloadedBytes", "uploadedBytes", "wastedBytes"] as const;

/** The tables and counters of one torrent. */
export class Traffic {
  /** One a peer-worker, in its order; replaced when the worker is. */
  readonly tables: TorrentTable[] = [];
  /** Counters of tables that were replaced. */
  readonly replacedTables = { downloadedBytes: 0, uploadedBytes: 0, wastedBytes: 0 };
  /** Bytes that came whole and failed their hash. */
  failedHashBytes = 0;
  /** Of all connected peers together, as of the last second. */
  readonly rates = { downBytesPerSecond: 0, upBytesPerSecond: 0 };
  readonly whyWatch = new WhyWatch();
  readonly #pieceCount: number;
  readonly #limits: PeerLimits;

  constructor(pieceCount: number, limits: PeerLimits) {
    this.#pieceCount = pieceCount;
    this.#limits = limits;
  }

  /** One payload counter over all workers, those that are gone included. */
  total(field: (typeof counted)[number]): number {
    return this.tables.reduce(
      (sum, table) => sum + (table.totals[Total[field]] ?? 0),
      this.replacedTables[field],
    );
  }

  /** One table a worker that has been told of the torrent: connected peers that have each piece. */
  availability(): Uint16Array[] {
    // A worker that is being restarted since before the torrent started leaves a hole.
    return this.tables.filter((table) => table !== undefined).map((table) => table.availability);
  }

  /** Puts a fresh table in the place of a worker's old one and keeps what that one had counted. */
  renewTable(worker: number): TorrentTable {
    const old = this.tables[worker];
    if (old !== undefined) {
      for (const field of counted) this.replacedTables[field] += old.totals[Total[field]] ?? 0;
    }
    const table = new TorrentTable(this.#pieceCount, this.#limits.maxPeers);
    this.tables[worker] = table;
    return table;
  }
}
