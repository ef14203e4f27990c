import { MemoryWait, PieceMap, TorrentTable, Total, viewShared } from "@troupe/messages";
import type { OpenContent, OpenTorrent, PeerRow, PeerRowIndex, TorrentId } from "@troupe/messages";
import { FrameRules } from "@troupe/protocol/frames";
import { type Geometry, makeGeometry, mostBlocks } from "@troupe/protocol/metainfo";
import { clearBit, countBits, hasBit, setBit } from "@troupe/protocol/peer";
import type { InfoHash, PieceIndex } from "@troupe/protocol/units";

import { BlockPicker, type OpenPiece } from "./download/block-picker.ts";
import { WholePieces } from "./download/whole-pieces.ts";
import type { DiskMemory } from "./memory/disk-memory.ts";
import { maxExtendedBytes, stallPatienceMs } from "./limits.ts";
import type { Extension, PluginExtensions } from "./extensions/extension.ts";
import { FreeRows } from "./free-rows.ts";
import { TorrentTrees } from "./hashes/torrent-trees.ts";
import { DeadlinePieces } from "./download/deadlines/deadline-pieces.ts";
import { HeldLeases } from "./download/held-leases.ts";
import type { MemoryTaker, MemoryWaitReason } from "./memory/memory-queue.ts";
import type { PeerWorker } from "./peer-worker.ts";
import { PieceDemand } from "./download/piece-demand.ts";
import { Padding } from "./download/padding/padding.ts";
import type { ScopeLimits, TorrentLimits } from "./rate-limits/waiting-share.ts";
import { RateMeter } from "./rate-meter.ts";
import type { DiskUploads } from "./upload/disk-uploads.ts";
import type { PiecesInMemory } from "./upload/pieces-in-memory.ts";
import type { Session, SessionWithContent } from "./session/session.ts";

/** An extension of the peers of a torrent (BEP 10). */
export type TorrentExtension = Extension<Session, Torrent>;

/** The part of a torrent that is known without its metadata. */
type TorrentIdentity = Omit<OpenTorrent, "content" | "extensions">;

/** The state of a torrent from `open-torrent` to the answer of `close-torrent`. */
export class Torrent {
  readonly id: TorrentId;
  /** Its first name on the wire. */
  infoHash: InfoHash;
  /** Its name in version 2; undefined: version 1, as far as is known. */
  infoHashV2: InfoHash | undefined;
  readonly peerId: Uint8Array;
  /** Rows beyond it are not reserved again. */
  maxPeers: number;
  /** Its part of rates and memory among the torrents. */
  weight: OpenTorrent["weight"];
  readonly worker: PeerWorker;
  readonly sessions: Set<Session> = new Set<Session>();
  /** Unchoked peers, as last chosen by the engine. */
  unchoked: Set<PeerRowIndex> = new Set<PeerRowIndex>();
  isPaused: boolean;
  exchangesPeers: boolean;
  usesDht: boolean;
  /** The torrent's own rate limits; undefined: none. */
  ownLimits: ScopeLimits | undefined;
  /** The rate limits below those of all torrents; undefined: none. */
  limits: TorrentLimits | undefined;
  group: string | undefined;
  /** BEP 16: peers that connect now are shown a few pieces at a time. */
  isSuperSeeding: boolean;
  /** Peers get no piece, not even an allowed piece. */
  readonly isUploadOff: boolean;
  /** Ours, then those from outside. */
  extensions: readonly TorrentExtension[];
  /** Undefined unless the torrent had plugin extensions. */
  plugins: PluginExtensions | undefined;
  isClosing = false;
  /** The previous torrent of this id, while its pieces are hashed or written. */
  predecessor: Torrent | undefined;
  /** Peers whose admission is undecided. */
  admissionsOut = 0;
  #content: TorrentContent | undefined;
  /** Defined until the content is used. */
  #makeContent: (() => TorrentContent) | undefined;
  readonly #sessionsByRow: (Session | undefined)[] = [];
  readonly #freeRows = new FreeRows();
  #whenClosed: (() => void)[] = [];

  /** @param extensions Ours. */
  constructor(
    worker: PeerWorker,
    identity: TorrentIdentity,
    extensions: readonly TorrentExtension[],
  ) {
    this.worker = worker;
    this.extensions = extensions;
    this.id = identity.torrent;
    this.infoHash = identity.infoHash;
    this.infoHashV2 = identity.infoHashV2;
    this.peerId = identity.peerId;
    this.maxPeers = identity.maxPeers;
    this.weight = identity.weight;
    this.group = identity.group;
    this.isPaused = identity.isPaused;
    this.exchangesPeers = identity.exchangesPeers;
    this.usesDht = identity.usesDht;
    this.isSuperSeeding = identity.isSuperSeeding ?? false;
    this.isUploadOff = identity.isUploadOff === true;
  }

  /** Its names on the wire, each once. */
  get names(): ReadonlySet<InfoHash> {
    const { infoHash, infoHashV2 = infoHash } = this;
    return new Set([infoHash, infoHashV2]);
  }

  get isActive(): boolean {
    return !this.isPaused && !this.isClosing;
  }

  /** The metadata is known. */
  get hasContent(): boolean {
    return this.#content !== undefined || this.#makeContent !== undefined;
  }

  /** Undefined until the metadata is known. The first use makes it: most of a thousand torrents have no peers. */
  get content(): TorrentContent | undefined {
    const make = this.#makeContent;
    if (make === undefined) return this.#content;
    this.#makeContent = undefined;
    this.#content = make();
    return this.#content;
  }

  /** The content if it has been used: without it the torrent has had no peer and no lease. */
  get usedContent(): TorrentContent | undefined {
    return this.#content;
  }

  /** The metadata is known. Call it once. */
  addContent(make: () => TorrentContent): void {
    if (this.hasContent) throw new Error(`bug: torrent ${this.id} has its content`);
    this.#makeContent = make;
  }

  sessionAt(rowIndex: number): Session | undefined {
    return this.#sessionsByRow[rowIndex];
  }

  reserveRow(): PeerRowIndex | undefined {
    return this.#freeRows.reserve(this.maxPeers);
  }

  addSession(session: Session): void {
    this.sessions.add(session);
    this.#sessionsByRow[session.rowIndex] = session;
  }

  removeSession(session: Session): void {
    this.sessions.delete(session);
    this.#sessionsByRow[session.rowIndex] = undefined;
    this.unchoked.delete(session.rowIndex);
  }

  releaseRow(rowIndex: PeerRowIndex): void {
    this.#freeRows.release(rowIndex);
  }

  /** @returns Resolves when nothing of the torrent is in use. */
  async whenClosed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenClosed.push(resolve);
    this.finishCloseWhenUnused();
    await Promise.all([promise, this.predecessor?.whenClosed()]);
  }

  /** Call it when a condition of a close may have changed. */
  finishCloseWhenUnused(): void {
    if (!this.isClosing || this.admissionsOut > 0 || this.#content?.isInUse === true) return;
    this.worker.forgetTorrent(this);
    const whenClosed = this.#whenClosed;
    this.#whenClosed = [];
    for (const resolve of whenClosed) resolve();
  }
}

/** The pieces of a torrent in this worker. */
export class TorrentContent implements MemoryTaker {
  readonly torrent: Torrent;
  readonly worker: PeerWorker;
  readonly geometry: Geometry;
  readonly uploadScheduler: DiskUploads<SessionWithContent>;
  readonly diskMemory: DiskMemory;
  /** Pieces had, as the engine knows them now. */
  readonly pieceMap: PieceMap;
  readonly table: TorrentTable;
  /** Updated by `pieces-had` only. */
  readonly had: Uint8Array;
  hadCount: number;
  /** The `info` dictionary, if peers get it. */
  readonly metadata: Uint8Array | undefined;
  /** Undefined for version 1. */
  readonly trees: TorrentTrees | undefined;
  /** Value that peers were sent last. */
  sentUploadOnly: boolean;
  /** The torrent's sessions that have this content: all of them, except while the content is added. */
  readonly sessions: Set<SessionWithContent> = new Set<SessionWithContent>();
  readonly leases: HeldLeases = new HeldLeases();
  readonly padding: Padding;
  /** Rules for the messages of all its peers. */
  readonly frameRules: FrameRules;
  readonly due: DeadlinePieces = new DeadlinePieces();
  readonly whole: WholePieces = new WholePieces(this);
  readonly picker: BlockPicker;
  readonly demand: PieceDemand;
  readonly down: RateMeter;
  /** When a block of any piece last completed. */
  gainedAtMs = -Infinity;
  /** When its first open piece was opened: earlier pieces were sealed or given up by then. */
  firstOpenedAtMs = -Infinity;
  /** Time without a block before it gives up a piece, when others wait for memory. */
  stallPatienceMs: number = stallPatienceMs;
  /** Until then others go first: its last extent got no block. */
  barrenUntilMs = -Infinity;
  batchesOut = 0;
  /** Reads for leaf hashes. */
  leafReads = 0;
  /** Undefined before the first slow read for an upload. */
  piecesInMemory: PiecesInMemory | undefined;
  /** Wanted pieces, had or not; undefined: all. */
  #wanted: Uint8Array | undefined;
  /** Wanted pieces that we lack. */
  #neededCount: number;
  readonly #blocksPerPiece: number;
  /** Pieces lost in this run, had again or not. */
  #lost: Uint8Array | undefined;

  /**
   * @param openedAtMs Deadlines count from then.
   * @param openPiece Allots memory to a held lease; undefined without free memory.
   */
  constructor(
    torrent: Torrent,
    opened: OpenContent,
    openedAtMs: number,
    uploadScheduler: DiskUploads<SessionWithContent>,
    openPiece: (content: TorrentContent, ...opened: Parameters<OpenPiece>) => ReturnType<OpenPiece>,
  ) {
    this.torrent = torrent;
    this.worker = torrent.worker;
    this.uploadScheduler = uploadScheduler;
    this.diskMemory = this.worker.diskMemoryOf(opened.disk);
    this.diskMemory.torrents.add(this);
    this.geometry = makeGeometry(opened.totalBytes, opened.pieceLengthBytes);
    this.frameRules = new FrameRules({ geometry: this.geometry, maxExtendedBytes });
    this.pieceMap = new PieceMap(opened.pieceCount, opened.had);
    this.table = TorrentTable.over(opened.pieceCount, opened.table);
    this.had = this.pieceMap.snapshot();
    this.hadCount = countBits(this.had);
    this.padding = new Padding(opened.padding);
    this.#wanted = opened.wanted;
    this.#neededCount = this.#countNeeded();
    this.sentUploadOnly = this.isUploadOnly;
    this.metadata = opened.metadata && viewShared(opened.metadata);
    this.trees = opened.trees && new TorrentTrees(opened.trees, opened.pieceLengthBytes);
    this.#blocksPerPiece = mostBlocks(this.geometry);
    const open: OpenPiece = (waiting, nowMs) => openPiece(this, waiting, nowMs);
    this.picker = new BlockPicker(this.leases, open, this.due, this.whole);
    this.due.set(opened.deadlines ?? [], openedAtMs);
    this.demand = new PieceDemand(this);
    this.down = new RateMeter(this.worker.nowMs());
  }

  get isComplete(): boolean {
    return this.hadCount === this.geometry.pieceCount;
  }

  /**
   * Whether we tell peers that we download nothing more, as a seed or because all wanted pieces are had (BEP 21). A
   * super-seed looks like a leecher.
   */
  get isUploadOnly(): boolean {
    return this.#neededCount === 0 && !this.torrent.isSuperSeeding;
  }

  /** Wanted pieces, had or not; undefined: all. */
  get wanted(): Uint8Array | undefined {
    return this.#wanted;
  }

  /** @param wanted Undefined: all. Not copied. */
  setWanted(wanted: Uint8Array | undefined): void {
    this.#wanted = wanted;
    this.#neededCount = this.#countNeeded();
  }

  /** By this worker or another thread. */
  get isInUse(): boolean {
    const { sealed, open, outgoingTransfers } = this.leases;
    return sealed.size + open.size + outgoingTransfers.size + this.batchesOut + this.leafReads > 0;
  }

  get isWaitingForMemory(): boolean {
    return this.worker.memoryQueue.isWaiting(this);
  }

  needs(piece: PieceIndex): boolean {
    return !hasBit(this.had, piece) && this.wants(piece);
  }

  wants(piece: PieceIndex): boolean {
    return this.#wanted === undefined || hasBit(this.#wanted, piece);
  }

  blockNumber(piece: PieceIndex, block: number): number {
    return piece * this.#blocksPerPiece + block;
  }

  pieceOfBlock(number: number): PieceIndex {
    return Math.floor(number / this.#blocksPerPiece) as PieceIndex;
  }

  blockInPiece(number: number): number {
    return number % this.#blocksPerPiece;
  }

  clearRow(rowIndex: PeerRowIndex): PeerRow {
    const row = this.table.row(rowIndex);
    row.clear();
    return row;
  }

  /** Its row will be reused. */
  removePeer(session: SessionWithContent): void {
    this.sessions.delete(session);
    this.demand.forget(session);
    for (const parole of this.leases.paroles.values()) parole.forget(session.rowIndex);
    for (const piece of this.leases.open.values())
      piece.renameContributor(session.rowIndex, session.identity.source);
  }

  removeHad(piece: PieceIndex): void {
    clearBit(this.had, piece);
    if (this.wants(piece)) this.#neededCount++;
    this.#lost ??= new Uint8Array(this.had.length);
    setBit(this.#lost, piece);
    this.hadCount--;
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
    this.due.delete(piece);
    if (this.needs(piece)) this.#neededCount--;
    setBit(this.had, piece);
    this.hadCount++;
    return true;
  }

  memoryRank(nowMs: number): 0 | 1 | 2 {
    if (this.leases.open.size > 0) return 1;
    return nowMs < this.barrenUntilMs ? 2 : 0;
  }

  mayTakeExtent(extentBytes: number): boolean {
    const { downloads, diskMemory } = this.worker;
    return this.diskMemory.mayTake(extentBytes, downloads.totalBytes, diskMemory.values());
  }

  noteMemoryWait(reason: MemoryWaitReason): void {
    this.table.totals[Total.memoryWait] = MemoryWait[reason];
  }

  countReceived(bytes: number, isOverTcp: boolean): void {
    this.table.count(Total.downloadedBytes, bytes);
    if (!isOverTcp) this.table.count(Total.utpDownloadedBytes, bytes);
    this.down.add(bytes);
    this.worker.payload.note();
  }

  countSent(bytes: number, isOverTcp: boolean): void {
    this.table.count(Total.uploadedBytes, bytes);
    if (!isOverTcp) this.table.count(Total.utpUploadedBytes, bytes);
    this.worker.payload.note();
  }

  /** They count as received too. */
  countWasted(bytes: number): void {
    this.table.count(Total.wastedBytes, bytes);
  }

  /** Messages, and the heads of blocks. */
  countProtocolReceived(bytes: number, isOverTcp: boolean): void {
    this.table.count(Total.protocolDownBytes, bytes);
    if (!isOverTcp) this.table.count(Total.utpProtocolDownBytes, bytes);
  }

  countProtocolSent(bytes: number, isOverTcp: boolean): void {
    this.table.count(Total.protocolUpBytes, bytes);
    if (!isOverTcp) this.table.count(Total.utpProtocolUpBytes, bytes);
  }

  countExtentBytes(bytes: number): void {
    this.table.count(Total.usedBytes, bytes);
    this.diskMemory.usedBytes += bytes;
  }

  #countNeeded(): number {
    const wanted = this.#wanted;
    if (wanted === undefined) return this.geometry.pieceCount - this.hadCount;
    return countBits(wanted.map((byte, at) => byte & ~(this.had[at] ?? 0)));
  }
}
