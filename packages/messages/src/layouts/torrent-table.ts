// The peers of a torrent in a peer-worker, in memory that only the worker writes and the engine reads.
//
//   totals        12 × float64       byte counters of the whole torrent in this worker, gone peers included
//   availability  u16 × pieceCount   connected peers here that have the piece (saturates at 65 535)
//   rows          maxPeers × row; the memory grows when the limit of connections is raised
//
//   row           8 × float64        counters (PeerField)
//                 8 × u32            state bits, have count, queue depth … (PeerWord)
//                 ⌈pieces ÷ 8⌉ bytes the peer's bitfield, wire order
//                 padding to 8 bytes
//
// Plain loads and stores: each value has a single writer, is aligned, and a reader only needs a recent value. A row
// is valid between `peer-opened` and `peer-closed`.

import { bitfieldBytes } from "./piece-map.ts";

/** Counters of a torrent in a worker since it was opened; float64 each. */
export const Total = {
  downloadedBytes: 0,
  uploadedBytes: 1,
  /** Duplicates, blocks of abandoned pieces, and partial blocks of closed connections. */
  wastedBytes: 2,
  /** Used bytes of the slab's extents. */
  usedBytes: 3,
  /** A {@link MemoryWait}. */
  memoryWait: 4,
  /** Messages and the heads of blocks, of connections with peers. */
  protocolDownBytes: 5,
  protocolUpBytes: 6,
  /** The parts of the four above that went over uTP, each written after its whole. */
  utpDownloadedBytes: 7,
  utpUploadedBytes: 8,
  utpProtocolDownBytes: 9,
  utpProtocolUpBytes: 10,
} as const;

/** The torrent cannot start a piece; `disk`: because pieces waiting for the disk hold the memory. */
export const MemoryWait = { nothing: 0, memory: 1, disk: 2 } as const;

/** Counters of a connection, float64 each. */
export const PeerField = {
  downloadedBytes: 0,
  uploadedBytes: 1,
  /** Payload, smoothed over about 5 s; written every second. */
  downBytesPerSecond: 2,
  upBytesPerSecond: 3,
  roundTripMs: 4,
  connectedAtMs: 5,
  /** Time since either side was interested; written every second. */
  uninterestedMs: 6,
  /** Median time from a request to its block, of the last blocks; written every second, 0 before the first. */
  blockTimeMs: 7,
} as const;

/** Words of a connection, u32 each. */
export const PeerWord = {
  flags: 0,
  haveCount: 1,
  /** Our unanswered requests. */
  requestsOut: 2,
  /** The peer's unanswered requests. */
  requestsIn: 3,
  /** Sent while unchoked. Wraps. */
  requestsSeen: 4,
  /** Time for which bytes have waited in its socket, which has taken less than a block; written every second. */
  unreadMs: 5,
} as const;

/** Bits of `PeerWord.flags`. */
export const PeerFlag = {
  inUse: 1,
  amInterested: 2,
  isPeerInterested: 4,
  amChokedByPeer: 8,
  isPeerChoked: 16,
  isIncoming: 32,
  isSnubbed: 64,
  /** BEP 19: it answers long runs of adjacent pieces best. */
  isWebSeed: 128,
  /** BEP 6. */
  hasFast: 256,
  /** BEP 21, as the peer says. */
  isUploadOnly: 512,
  /** We super-seed (BEP 16), and the peer knows only of the pieces that we have shown to it. */
  knowsShownOnly: 1024,
  /** Bytes to the peer wait because uTP leaves a full line to others; written every second. */
  isHeldBack: 2048,
  /** The connection speaks version 2 (BEP 52): it has hash messages. */
  speaksV2: 4096,
} as const;

const totalCount = 12;
const totalsBytes = 8 * totalCount;
const fieldsBytes = 8 * 8;
const wordsBytes = 8 * 4;
/** In words, from the start of the row. */
const wordsAt = fieldsBytes / 4;

/** @returns Peer rows that fit into `tableBytes`, at least 1. */
export function peersThatFit(pieceCount: number, tableBytes: number): number {
  return Math.max(1, Math.floor((tableBytes - rowsAt(pieceCount)) / rowBytes(pieceCount)));
}

/** Views over a table. */
export class TorrentTable {
  readonly memory: SharedArrayBuffer;
  readonly pieceCount: number;
  readonly totals: Float64Array;
  #availability: Uint16Array | undefined;
  readonly #rowsAt: number;
  readonly #rowBytes: number;
  /** Made with the first row. */
  #views: RowViews | undefined;
  readonly #rows: PeerRow[] = [];

  private constructor(pieceCount: number, memory: SharedArrayBuffer) {
    this.pieceCount = pieceCount;
    this.#rowsAt = rowsAt(pieceCount);
    this.#rowBytes = rowBytes(pieceCount);
    this.memory = memory;
    this.totals = new Float64Array(this.memory, 0, totalCount);
  }

  /** @param mostPeers Rows that the table can grow to: address space is reserved for them. */
  static make(pieceCount: number, maxPeers: number, mostPeers = maxPeers): TorrentTable {
    const bytesFor = (rows: number): number => rowsAt(pieceCount) + rows * rowBytes(pieceCount);
    const maxByteLength = bytesFor(Math.max(maxPeers, mostPeers));
    return new TorrentTable(
      pieceCount,
      new SharedArrayBuffer(bytesFor(maxPeers), { maxByteLength }),
    );
  }

  /** The table of another thread. */
  static over(pieceCount: number, memory: SharedArrayBuffer): TorrentTable {
    return new TorrentTable(pieceCount, memory);
  }

  /** Per piece, the connected peers of the worker that have it. */
  get availability(): Uint16Array {
    return (this.#availability ??= new Uint16Array(this.memory, totalsBytes, this.pieceCount));
  }

  /** Adds to a {@link Total}. Called by the worker alone. */
  count(total: number, bytes: number): void {
    this.totals[total] = (this.totals[total] ?? 0) + bytes;
  }

  /** The number of rows, which may grow. */
  get maxPeers(): number {
    return Math.floor((this.memory.byteLength - this.#rowsAt) / this.#rowBytes);
  }

  /** Adds empty rows for all threads. The present rows stay where they are. */
  grow(maxPeers: number): void {
    if (maxPeers > this.maxPeers) this.memory.grow(this.#rowsAt + maxPeers * this.#rowBytes);
  }

  /** Undefined beyond the rows. */
  rowIfAny(index: number): PeerRow | undefined {
    return this.#rows[index] ?? (index < this.maxPeers ? this.row(index) : undefined);
  }

  /** Index 0 to maxPeers − 1; made on first use. @throws {RangeError} */
  row(index: number): PeerRow {
    return (this.#rows[index] ??= this.#makeRow(index));
  }

  #makeRow(index: number): PeerRow {
    if (index >= this.maxPeers)
      throw new RangeError(`a table of ${this.maxPeers} rows has no row ${index}`);
    this.#views ??= new RowViews(this.memory, bitfieldBytes(this.pieceCount));
    this.#views.cover(this.memory);
    return new PeerRow(this.#views, this.#rowsAt + index * this.#rowBytes);
  }
}

/** The views that all rows of a table share: views of each row would take more memory than the row. */
class RowViews {
  readonly bitfieldBytes: number;
  fields: Float64Array;
  words: Uint32Array;
  bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer, bitfieldBytes: number) {
    this.bitfieldBytes = bitfieldBytes;
    [this.fields, this.words, this.bytes] = viewsOf(memory);
  }

  /** The table may have grown. */
  cover(memory: SharedArrayBuffer): void {
    if (this.bytes.length < memory.byteLength)
      [this.fields, this.words, this.bytes] = viewsOf(memory);
  }
}

/** With their lengths: views that follow a growing memory are slower. */
function viewsOf(memory: SharedArrayBuffer): [Float64Array, Uint32Array, Uint8Array] {
  const { byteLength } = memory;
  return [
    new Float64Array(memory, 0, byteLength / 8),
    new Uint32Array(memory, 0, byteLength / 4),
    new Uint8Array(memory, 0, byteLength),
  ];
}

/** A row of a table. */
export class PeerRow {
  readonly #views: RowViews;
  /** The number of its first field among the fields of the memory. */
  readonly #at: number;

  /** @param atByte A multiple of 8. */
  constructor(views: RowViews, atByte: number) {
    this.#views = views;
    this.#at = atByte / 8;
  }

  /** @param field A {@link PeerField}. */
  field(field: number): number {
    return this.#views.fields[this.#at + field] ?? 0;
  }

  setField(field: number, value: number): void {
    this.#views.fields[this.#at + field] = value;
  }

  /** Adds to a counter. */
  addTo(field: number, amount: number): void {
    this.setField(field, this.field(field) + amount);
  }

  /** @param word A {@link PeerWord}. */
  word(word: number): number {
    return this.#views.words[2 * this.#at + wordsAt + word] ?? 0;
  }

  setWord(word: number, value: number): void {
    this.#views.words[2 * this.#at + wordsAt + word] = value;
  }

  flag(flag: number): boolean {
    return (this.word(PeerWord.flags) & flag) !== 0;
  }

  setFlag(flag: number, isOn: boolean): void {
    const flags = this.word(PeerWord.flags);
    this.setWord(PeerWord.flags, isOn ? flags | flag : flags & ~flag);
  }

  has(piece: number): boolean {
    return ((this.#views.bytes[this.#bitsAt + (piece >> 3)] ?? 0) & (0x80 >> (piece & 7))) !== 0;
  }

  addPiece(piece: number): void {
    const at = this.#bitsAt + (piece >> 3);
    this.#views.bytes[at] = (this.#views.bytes[at] ?? 0) | (0x80 >> (piece & 7));
  }

  /** A view, made at each access. Wire order, most significant bit first. */
  get bitfield(): Uint8Array {
    const at = this.#bitsAt;
    return this.#views.bytes.subarray(at, at + this.#views.bitfieldBytes);
  }

  /** Empties it for another peer. */
  clear(): void {
    this.#views.bytes.fill(0, 8 * this.#at, this.#bitsAt + this.#views.bitfieldBytes);
  }

  /** Takes over the counters and state of a peer, not its bitfield. */
  copyCounters(from: PeerRow): void {
    for (let at = 0; at < fieldsBytes / 8; at++) this.setField(at, from.field(at));
    for (let at = 0; at < wordsBytes / 4; at++) this.setWord(at, from.word(at));
  }

  get #bitsAt(): number {
    return 8 * this.#at + fieldsBytes + wordsBytes;
  }
}

/** @returns A row of a table of its own, without a bitfield. */
export function lonePeerRow(): PeerRow {
  return TorrentTable.make(0, 1).row(0);
}

function rowsAt(pieceCount: number): number {
  return totalsBytes + roundUp8(pieceCount * 2);
}

function rowBytes(pieceCount: number): number {
  return roundUp8(fieldsBytes + wordsBytes + bitfieldBytes(pieceCount));
}

function roundUp8(bytes: number): number {
  return (bytes + 7) & ~7;
}
