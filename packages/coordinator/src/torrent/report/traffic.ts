// Payload counters of one torrent, over all peer-workers.

import { Total, TorrentTable } from "@troupe/messages";
import type { PeerLimits } from "../swarm/peer-limits.ts";
import { WhyWatch } from "./why-watch.ts";

const counted = ["downloadedBytes", "uploadedBytes", "wastedBytes"] as const;

/** The tables and counters of one torrent. */
export class Traffic {
  /** A table for each peer-worker, by its index; replaced when the worker restarts. */
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

  /** A payload counter over all workers, crashed workers included. */
  total(field: (typeof counted)[number]): number {
    return this.tables.reduce(
      (sum, table) => sum + (table.totals[Total[field]] ?? 0),
      this.replacedTables[field],
    );
  }

  /** For each worker that knows the torrent: how many connected peers have each piece. */
  availability(): Uint16Array[] {
    // A worker that has not come back since before the start leaves a hole.
    return this.tables.filter((table) => table !== undefined).map((table) => table.availability);
  }

  /** Replaces the table of a worker, and keeps the counters of the old table. */
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
