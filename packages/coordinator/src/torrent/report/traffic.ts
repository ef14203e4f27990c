import { byteTotals, Total, TorrentTable, utpTotals, type PeerRow } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { PeerLimits } from "../swarm/peer-limits.ts";
import { WhyWatch } from "./why-watch.ts";

const movedFields = [
  ...(["downloadedBytes", "uploadedBytes"] as const),
  ...(["protocolDownBytes", "protocolUpBytes"] as const),
];

/** Bytes that have moved in a second. */
export type MovedBytes = Record<(typeof movedFields)[number], number>;

const countedTotals = [...byteTotals, ...utpTotals] as const;

/** Counters of bytes. */
type ByteSums = Record<(typeof countedTotals)[number], number>;

/** Bytes over uTP. */
type UtpSums = Pick<ByteSums, (typeof utpTotals)[number]>;

/** Counters of several torrents, added up. */
export type CounterSums = Record<(typeof countedTotals)[number] | "usedBytes", number>;

/** @returns Counters of bytes over uTP at 0. */
export function noUtpBytes(): UtpSums {
  return {
    ...{ utpDownloadedBytes: 0, utpUploadedBytes: 0 },
    ...{ utpProtocolDownBytes: 0, utpProtocolUpBytes: 0 },
  };
}

/** @returns Counters at 0. */
export function noCounters(): CounterSums {
  return {
    ...{ downloadedBytes: 0, uploadedBytes: 0, wastedBytes: 0 },
    ...{ protocolDownBytes: 0, protocolUpBytes: 0, usedBytes: 0 },
    ...noUtpBytes(),
  };
}

/** Adds the bytes over uTP of a torrent, or of several. */
export function addUtpBytes(sums: UtpSums, more: UtpSums): void {
  sums.utpDownloadedBytes += more.utpDownloadedBytes;
  sums.utpUploadedBytes += more.utpUploadedBytes;
  sums.utpProtocolDownBytes += more.utpProtocolDownBytes;
  sums.utpProtocolUpBytes += more.utpProtocolUpBytes;
}

/** A loop over the names would take five times as long. */
function addBytes(sums: CounterSums, more: ByteSums): void {
  addUtpBytes(sums, more);
  sums.downloadedBytes += more.downloadedBytes;
  sums.uploadedBytes += more.uploadedBytes;
  sums.wastedBytes += more.wastedBytes;
  sums.protocolDownBytes += more.protocolDownBytes;
  sums.protocolUpBytes += more.protocolUpBytes;
}

/** Uploads of the last second. */
export interface UploadsByTransport {
  /** Peers over TCP that get payload. */
  tcpPeers: number;
  /** Peers over uTP that get payload. */
  utpPeers: number;
  /** Peers over uTP whose bytes wait because the line is full. */
  heldBackPeers: number;
  /** Payload to peers over uTP. */
  utpBytesPerSecond: number;
}

/** Uploads of a second without payload. */
export function noUploads(): UploadsByTransport {
  return { tcpPeers: 0, utpPeers: 0, heldBackPeers: 0, utpBytesPerSecond: 0 };
}

/** A torrent's tables and byte counters, over all peer-workers. */
export class Traffic {
  /** Indexed by peer-worker; replaced when it restarts. */
  readonly tables: TorrentTable[] = [];
  readonly replacedTables = {
    downloadedBytes: 0,
    uploadedBytes: 0,
    wastedBytes: 0,
    protocolDownBytes: 0,
    protocolUpBytes: 0,
    ...noUtpBytes(),
  };
  failedHashBytes = 0;
  /** Sums over the connected peers, as of the last second. */
  readonly rates = { downBytesPerSecond: 0, upBytesPerSecond: 0 };
  /** Connected peers, as of the last second: with all pieces; that payload comes from; that payload goes to. */
  readonly peerCounts = { seeds: 0, sending: 0, getting: 0 };
  /** Uploads as of the last second. */
  readonly uploads = noUploads();
  /** Copies of the torrent at the last look of ten seconds. Undefined: not known. */
  copies: number | undefined;
  /** Download rate of the fastest peer, as of the last second. */
  fastestBytesPerSecond = 0;
  /** Download rate of each peer-worker, as of the last second. */
  readonly workerRates: number[] = [];
  /** The peers of each peer-worker that would send a piece that they have, as of the last second. */
  readonly givers: PeerRow[][] = [];
  readonly whyWatch = new WhyWatch();
  /** Counters at the last `takeMoved`. */
  #taken: CounterSums = noCounters();
  readonly #pieceCount: number;
  readonly #limits: PeerLimits;

  constructor(pieceCount: number, limits: PeerLimits) {
    this.#pieceCount = pieceCount;
    this.#limits = limits;
  }

  /** Undefined without a table, and for a peer that connected before the content and has no place in it. */
  row(worker: number, rowIndex: number): PeerRow | undefined {
    return this.tables[worker]?.rowIfAny(rowIndex);
  }

  /** Over all workers, crashed workers included. */
  total(field: (typeof byteTotals)[number]): number {
    let sum = this.replacedTables[field];
    // A worker that has been down since before the start leaves a hole.
    for (const table of this.tables) sum += table?.totals[Total[field]] ?? 0;
    return sum;
  }

  /** Adds the counters of all workers, crashed workers included. A loop over the names would take five times as long. */
  addCounters(sums: CounterSums): void {
    for (const table of this.tables) {
      // A worker that has been down since before the start leaves a hole.
      if (table === undefined) continue;
      const { totals } = table;
      // Each part before its whole: the worker may write between the two.
      sums.utpDownloadedBytes += totals[Total.utpDownloadedBytes] ?? 0;
      sums.utpUploadedBytes += totals[Total.utpUploadedBytes] ?? 0;
      sums.utpProtocolDownBytes += totals[Total.utpProtocolDownBytes] ?? 0;
      sums.utpProtocolUpBytes += totals[Total.utpProtocolUpBytes] ?? 0;
      sums.downloadedBytes += totals[Total.downloadedBytes] ?? 0;
      sums.uploadedBytes += totals[Total.uploadedBytes] ?? 0;
      sums.wastedBytes += totals[Total.wastedBytes] ?? 0;
      sums.protocolDownBytes += totals[Total.protocolDownBytes] ?? 0;
      sums.protocolUpBytes += totals[Total.protocolUpBytes] ?? 0;
      sums.usedBytes += totals[Total.usedBytes] ?? 0;
    }
    addBytes(sums, this.replacedTables);
  }

  /** Adds the counters of the last `takeMoved`. The tables are not read, because each lies in a memory page of its own. */
  addTaken(sums: CounterSums): void {
    addBytes(sums, this.#taken);
    sums.usedBytes += this.#taken.usedBytes;
  }

  /** Adds what has moved since the last call. */
  takeMoved(moved: MovedBytes): void {
    const before = this.#taken;
    this.#taken = noCounters();
    this.addCounters(this.#taken);
    for (const field of movedFields) moved[field] += this.#taken[field] - before[field];
  }

  /** Per worker with the torrent: connected peers that have each piece. */
  availability(): Uint16Array[] {
    // A worker that has been down since before the start leaves a hole.
    return this.tables.filter((table) => table !== undefined).map((table) => table.availability);
  }

  /** Payload that a peer-worker receives, in bytes a second. */
  rateOf(worker: number): number {
    return this.workerRates[worker] ?? 0;
  }

  /** @returns The peer-workers with a peer that has the piece, does not choke us and does not snub us. */
  workersWith(piece: PieceIndex): number[] {
    return [...this.givers.keys()].filter((worker) =>
      this.givers[worker]?.some((peer) => peer.has(piece)),
    );
  }

  /** To the present limit of connections. */
  growTables(): void {
    // A worker that has been down since before the start leaves a hole.
    for (const table of this.tables) table?.grow(this.#limits.rows);
  }

  /** @returns Connected peers with the piece, over all workers. */
  peersWith(piece: PieceIndex): number {
    // `reduce` skips the hole of a worker that has been down since before the start.
    return this.tables.reduce((sum, { availability }) => sum + (availability[piece] ?? 0), 0);
  }

  /** Keeps the counters of the old table. */
  renewTable(worker: number): TorrentTable {
    const old = this.tables[worker];
    if (old !== undefined) {
      for (const field of countedTotals)
        this.replacedTables[field] += old.totals[Total[field]] ?? 0;
    }
    const { rows, mostRows } = this.#limits;
    const table = TorrentTable.make(this.#pieceCount, rows, mostRows);
    this.tables[worker] = table;
    return table;
  }
}

/** @returns Connected peers with the piece, over all workers. */
export function peersWith(availability: readonly Uint16Array[], piece: PieceIndex): number {
  let peers = 0;
  for (const table of availability) peers += table[piece] ?? 0;
  return peers;
}
