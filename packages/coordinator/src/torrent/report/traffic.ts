import { Total, TorrentTable } from "@troupe/messages";
import type { PeerLimits } from "../swarm/peer-limits.ts";
import { WhyWatch } from "./why-watch.ts";

const counted = ["downloadedBytes", "uploadedBytes", "wastedBytes"] as const;

/** The tables and payload counters of one torrent, over all peer-workers. */
export class Traffic {
  /** By the index of the peer-worker; replaced when it restarts. */
  readonly tables: TorrentTable[] = [];
  /** Counters of replaced tables. */
  readonly replacedTables = { downloadedBytes: 0, uploadedBytes: 0, wastedBytes: 0 };
  /** Bytes of pieces that failed their hash. */
  failedHashBytes = 0;
  /** Sums over the connected peers, as of the last second. */
  readonly rates = { downBytesPerSecond: 0, upBytesPerSecond: 0 };
  readonly whyWatch = new WhyWatch();
  readonly #pieceCount: number;
  readonly #limits: PeerLimits;

  constructor(pieceCount: number, limits: PeerLimits) {
    this.#pieceCount = pieceCount;
    this.#limits = limits;
  }

  /** A counter over all workers, crashed workers included. */
  total(field: (typeof counted)[number]): number {
    return this.tables.reduce(
      (sum, table) => sum + (table.totals[Total[field]] ?? 0),
      this.replacedTables[field],
    );
  }

  /** For each worker with the torrent: connected peers that have each piece. */
  availability(): Uint16Array[] {
    // A worker that has been down since before the start leaves a hole.
    return this.tables.filter((table) => table !== undefined).map((table) => table.availability);
  }

  /** Replaces the table of a worker, and keeps its counters. */
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
