// A torrent in this worker: its peers, leases and shared tables.

import {
  MemoryWait,
  PeerFlag,
  type PeerRowIndex,
  PieceMap,
  type TorrentId,
  type OpenTorrent,
  TorrentTable,
  Total,
} from "@troupe/messages";
import {
  type Geometry,
  type InfoHash,
  type PieceIndex,
  blockLengthBytes,
  clearBit,
  countBits,
  hasBit,
  makeGeometry,
  setBit,
} from "@troupe/protocol";

import { BlockPicker, type PieceOpener } from "./download/block-picker.ts";
import { type DiskMemory, mayTakeExtent } from "./memory/disk-memory.ts";
import { stallPatienceMs } from "./limits.ts";
import { HeldLeases, type WaitingLease } from "./download/held-leases.ts";
import { openPiece, sourceOf } from "./download/leases.ts";
import type { MemoryTaker, MemoryWaitReason } from "./memory/memory-queue.ts";
import type { PeerWorker } from "./peer-worker.ts";
import { PieceDemand } from "./download/piece-demand.ts";
import type { PieceInProgress } from "./download/piece-in-progress.ts";
import { RateMeter } from "./download/rate-meter.ts";
import type { Session } from "./session/session.ts";
import type { UploadScheduler } from "./upload/uploads.ts";

/** The state of a torrent from `open-torrent` to the answer of `close-torrent`. */
export class Torrent implements PieceOpener, MemoryTaker {
  readonly id: TorrentId;
  readonly infoHash: InfoHash;
  readonly peerId: Uint8Array;
  readonly geometry: Geometry;
  readonly worker: PeerWorker;
  /** Reads its files for peers. */
  readonly uploadScheduler: UploadScheduler;
  readonly diskMemory: DiskMemory;
  /** Pieces that may be served, as the coordinator sees it now. */
  readonly pieceMap: PieceMap;
  readonly table: TorrentTable;
  /** Pieces announced to peers, updated by `pieces-had` only. */
  readonly had: Uint8Array;
  /** Wanted pieces, had or not; undefined: all. */
  wanted: Uint8Array | undefined;
  readonly sessions: Set<Session> = new Set<Session>();
  readonly leases: HeldLeases = new HeldLeases();
  readonly picker: BlockPicker;
  readonly demand: PieceDemand;
  /** Unchoked peers, as last chosen by the coordinator. */
  unchoked: Set<PeerRowIndex> = new Set<PeerRowIndex>();
  readonly down: RateMeter;
  isPaused: boolean;
  isClosing = false;
  /** When a block of any piece last completed. */
  gainedAtMs = -Infinity;
  /** When its first open piece was opened: earlier pieces were sealed or given up by then. */
  firstOpenedAtMs = -Infinity;
  /** Time without a block before it gives up a piece, when others wait for memory. */
  stallPatienceMs: number = stallPatienceMs;
  /** Until then others go first: its last extent got no block. */
  barrenUntilMs = -Infinity;
  /** The previous torrent of this id, while its pieces are hashed or written. */
  predecessor: Torrent | undefined;
  /** Peers whose admission is undecided. */
  admissionsOut = 0;
  batchesOut = 0;
  readonly #blocksPerPiece: number;
  readonly #sessionsByRow: (Session | undefined)[] = [];
  readonly #freeRows: PeerRowIndex[] = [];
  #hadCount: number;
  /** Pieces lost in this run, had again or not. */
  #lost: Uint8Array | undefined;
  #whenClosed: (() => void)[] = [];

  constructor(worker: PeerWorker, opened: OpenTorrent, nowMs: number) {
    this.worker = worker;
    this.uploadScheduler = worker.uploadSchedulerOf(opened.disk);
    this.diskMemory = worker.diskMemoryOf(opened.disk);
    this.diskMemory.torrents.add(this);
    this.id = opened.torrent;
    this.infoHash = opened.infoHash;
    this.peerId = opened.peerId;
    this.geometry = makeGeometry(opened.totalBytes, opened.pieceLengthBytes);
    this.isPaused = opened.isPaused;
    this.pieceMap = new PieceMap(opened.pieceCount, opened.had);
    this.table = new TorrentTable(opened.pieceCount, opened.maxPeers, opened.table);
    this.had = this.pieceMap.snapshot();
    this.#hadCount = countBits(this.had);
    this.wanted = opened.wanted;
    this.#blocksPerPiece = Math.ceil(opened.pieceLengthBytes / blockLengthBytes);
    this.picker = new BlockPicker(this.leases, this);
    this.demand = new PieceDemand(this);
    this.down = new RateMeter(nowMs);
    for (let rowIndex = 0; rowIndex < opened.maxPeers; rowIndex++)
      this.#freeRows.push(rowIndex as PeerRowIndex);
  }

  get isActive(): boolean {
    return !this.isPaused && !this.isClosing;
  }

  get isComplete(): boolean {
    return this.#hadCount === this.geometry.pieceCount;
  }

  get hasAnyPiece(): boolean {
    return this.#hadCount > 0;
  }

  needs(piece: PieceIndex): boolean {
    return !hasBit(this.had, piece) && this.wants(piece);
  }

  wants(piece: PieceIndex): boolean {
    return this.wanted === undefined || hasBit(this.wanted, piece);
  }

  /** The number of a block within the whole torrent. */
  blockNumber(piece: PieceIndex, block: number): number {
    return piece * this.#blocksPerPiece + block;
  }

  pieceOfBlock(number: number): PieceIndex {
    return Math.floor(number / this.#blocksPerPiece) as PieceIndex;
  }

  blockInPiece(number: number): number {
    return number % this.#blocksPerPiece;
  }

  sessionAt(rowIndex: number): Session | undefined {
    return this.#sessionsByRow[rowIndex];
  }

  /** @returns The row free the longest, cleared, or undefined. */
  reserveRow(): PeerRowIndex | undefined {
    const rowIndex = this.#freeRows.shift();
    if (rowIndex === undefined) return undefined;
    const row = this.table.row(rowIndex);
    row.fields.fill(0);
    row.words.fill(0);
    row.bitfield.fill(0);
    return rowIndex;
  }

  addSession(session: Session): void {
    this.sessions.add(session);
    this.#sessionsByRow[session.rowIndex] = session;
  }

  /** Its row stays its own. */
  removeSession(session: Session): void {
    this.sessions.delete(session);
    this.#sessionsByRow[session.rowIndex] = undefined;
    this.demand.forget(session);
    this.unchoked.delete(session.rowIndex);
    for (const parole of this.leases.paroles.values()) parole.forget(session.rowIndex);
    const source = sourceOf(session);
    for (const piece of this.leases.open.values())
      piece.renameContributor(session.rowIndex, source);
    session.row.setFlag(PeerFlag.inUse, false);
  }

  releaseRow(rowIndex: PeerRowIndex): void {
    this.#freeRows.push(rowIndex);
  }

  removeHad(piece: PieceIndex): void {
    clearBit(this.had, piece);
    this.#lost ??= new Uint8Array(this.had.length);
    setBit(this.#lost, piece);
    this.#hadCount--;
  }

  /** Peers may know of a piece that may be served, now or soon. */
  isAdvertised(piece: number): boolean {
    return this.pieceMap.has(piece) || hasBit(this.had, piece);
  }

  /** Whether peers may know of a lost piece. */
  isAdvertisedButLost(piece: number): boolean {
    return this.#lost !== undefined && hasBit(this.#lost, piece) && !this.isAdvertised(piece);
  }

  /** @returns False when peers already know of it. */
  addHad(piece: PieceIndex): boolean {
    if (hasBit(this.had, piece)) return false;
    setBit(this.had, piece);
    this.#hadCount++;
    return true;
  }

  openPiece(waiting: WaitingLease): PieceInProgress | undefined {
    return openPiece(this, waiting);
  }

  memoryRank(nowMs: number): 0 | 1 | 2 {
    if (this.leases.open.size > 0) return 1;
    return nowMs < this.barrenUntilMs ? 2 : 0;
  }

  mayTakeExtent(extentBytes: number): boolean {
    return mayTakeExtent(this.worker, this.diskMemory, extentBytes);
  }

  noteMemoryWait(reason: MemoryWaitReason): void {
    this.table.totals[Total.memoryWait] = MemoryWait[reason];
  }

  countReceived(bytes: number): void {
    this.#count(Total.downloadedBytes, bytes);
    this.down.add(bytes);
  }

  countSent(bytes: number): void {
    this.#count(Total.uploadedBytes, bytes);
  }

  /** Bytes received for nothing; they count as received too. */
  countWasted(bytes: number): void {
    this.#count(Total.wastedBytes, bytes);
  }

  countExtentBytes(bytes: number): void {
    this.#count(Total.usedBytes, bytes);
    this.diskMemory.usedBytes += bytes;
  }

  /** @returns Resolves when nothing of the torrent is in use. */
  async whenClosed(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#whenClosed.push(resolve);
    });
    this.finishCloseWhenUnused();
    await Promise.all([closed, this.predecessor?.whenClosed()]);
  }

  /** Call it when a condition of a close may have changed. */
  finishCloseWhenUnused(): void {
    if (!this.isClosing) return;
    const { sealed, open, outgoingTransfers } = this.leases;
    const inUse =
      sealed.size + open.size + outgoingTransfers.size + this.admissionsOut + this.batchesOut;
    if (inUse > 0) return;
    this.worker.forgetTorrent(this);
    const whenClosed = this.#whenClosed;
    this.#whenClosed = [];
    for (const resolve of whenClosed) resolve();
  }

  #count(total: number, bytes: number): void {
    const { totals } = this.table;
    totals[total] = (totals[total] ?? 0) + bytes;
  }
}
