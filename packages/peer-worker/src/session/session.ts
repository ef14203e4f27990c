import type { Stream } from "@troupe/actor-runtime";
import { PeerField, PeerFlag, PeerStep, PeerWord, lonePeerRow } from "@troupe/messages";
import type { PeerRow, PeerRowIndex } from "@troupe/messages";
import type { FrameSink } from "@troupe/protocol/frames";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

import { PeerChoke } from "../choke/peer-choke.ts";
import type { BlockTaker } from "../download/block-picker.ts";
import { PeerFeatures } from "../extensions/peer-features.ts";
import { type KnownPeer, PeerIdentity } from "./peer-identity.ts";
import { greedyFirstMs, maxRequestsInWhileAsking, unchokeAnswerMs } from "../limits.ts";
import type { PieceInProgress } from "../download/piece-in-progress.ts";
import { PeerDownload } from "../download/peer-download.ts";
import { peerPipeline, webSeedPipeline } from "../download/request-pipeline.ts";
import { longAgoMs } from "../long-ago.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { PeerTimes } from "../times/peer-times.ts";
import type { Torrent, TorrentContent } from "../torrent.ts";
import { UploadQueue } from "../upload/upload-queue.ts";
import { PeerWire } from "../wire/peer-wire.ts";

/** A peer of a torrent whose metadata is known. */
export type SessionWithContent = Session & { readonly content: TorrentContent };

/** Whether the pieces of the peer's torrent are known. */
export function hasContent(session: Session): session is SessionWithContent {
  return session.content !== undefined;
}

/** A peer of a torrent, after its handshake. */
export class Session implements BlockTaker {
  readonly torrent: Torrent;
  /** Row of the torrent's table; without content a row of its own. */
  row: PeerRow;
  readonly identity: PeerIdentity;
  readonly wire: PeerWire;
  readonly times: PeerTimes;
  readonly features: PeerFeatures = new PeerFeatures();
  #content: TorrentContent | undefined;
  #choke: PeerChoke | undefined;
  #download: PeerDownload | undefined;
  #upload: UploadQueue | undefined;

  /** @param Handler Handles its messages until the content is known. */
  constructor(
    torrent: Torrent,
    connection: Stream,
    rowIndex: PeerRowIndex,
    peer: KnownPeer,
    Handler: new (session: Session) => FrameSink,
  ) {
    const { worker } = torrent;
    const nowMs = worker.nowMs();
    this.torrent = torrent;
    this.row = torrent.content?.clearRow(rowIndex) ?? lonePeerRow();
    this.identity = new PeerIdentity(peer, rowIndex, worker.greedyPeers.has(peer.peerId));
    this.wire = new PeerWire(connection, this, new Handler(this), nowMs);
    this.times = new PeerTimes(nowMs);
  }

  get worker(): PeerWorker {
    return this.torrent.worker;
  }

  get rowIndex(): PeerRowIndex {
    return this.identity.rowIndex;
  }

  /** Interest and chokes, made at their first use. */
  get choke(): PeerChoke {
    return (this.#choke ??= new PeerChoke());
  }

  /** Undefined before the first interest, choke or unchoke. */
  get chokeIfAny(): PeerChoke | undefined {
    return this.#choke;
  }

  /** The download from the peer, made at its first use. */
  get download(): PeerDownload {
    return this.#download ?? this.#makeDownload();
  }

  /** Undefined before the first unchoke or request. */
  get downloadIfAny(): PeerDownload | undefined {
    return this.#download;
  }

  #makeDownload(): PeerDownload {
    const download = new PeerDownload(this.identity.isWebSeed ? webSeedPipeline : peerPipeline);
    const { requestLimit } = this.features;
    if (requestLimit !== undefined) download.pipeline.setPeerLimit(requestLimit);
    this.#download = download;
    return download;
  }

  /** The requests of the peer, made at its first use. */
  get upload(): UploadQueue {
    return (this.#upload ??= new UploadQueue(this.worker.requestMemory));
  }

  /** Undefined before the first request of the peer. */
  get uploadIfAny(): UploadQueue | undefined {
    return this.#upload;
  }

  /** Undefined until the metadata is known. */
  get content(): TorrentContent | undefined {
    return this.#content;
  }

  /** The metadata is known: the peer moves to its row in the table, unless it is there already. Call it once. */
  addContent(content: TorrentContent): SessionWithContent {
    if (this.#content !== undefined) throw new Error("bug: a session has its content");
    this.#content = content;
    const row = content.table.row(this.rowIndex);
    if (row !== this.row) {
      row.clear();
      row.copyCounters(this.row);
      this.row = row;
    }
    const session = this as SessionWithContent;
    content.sessions.add(session);
    if (this.torrent.isSuperSeeding) {
      this.features.hidePieces(content.geometry.pieceCount);
      this.row.setFlag(PeerFlag.knowsShownOnly, true);
    }
    return session;
  }

  /** Names this peer as the input that a handler works on. The caller clears the breadcrumb at its end. */
  leaveBreadcrumb(step: number = PeerStep.messages): void {
    const { breadcrumb } = this.worker.context;
    breadcrumb[0] = step;
    breadcrumb[1] = this.torrent.id;
    this.identity.writeBreadcrumb(breadcrumb);
  }

  get amInterested(): boolean {
    return this.row.flag(PeerFlag.amInterested);
  }

  get amChokedByPeer(): boolean {
    return this.row.flag(PeerFlag.amChokedByPeer);
  }

  get isPeerChoked(): boolean {
    return this.row.flag(PeerFlag.isPeerChoked);
  }

  get haveCount(): number {
    return this.row.word(PeerWord.haveCount);
  }

  /** Blocks that the peer owes or is sending. */
  get blocksOut(): number {
    return this.#download?.blocksOut ?? 0;
  }

  get isSnubbed(): boolean {
    return this.#download?.pipeline.isSnubbed ?? false;
  }

  /** Payload that the peer sends. Smoothed. */
  get downBytesPerSecond(): number {
    return this.#download?.bytesPerSecond ?? 0;
  }

  /** Requests of the peer that wait. */
  get requestsWaiting(): number {
    return this.#upload?.length ?? 0;
  }

  /** Whether requests may go to this peer now. */
  mayRequest(nowMs: number): boolean {
    return (
      this.wire.phase === "open" &&
      this.torrent.isActive &&
      (this.features.fast?.mayRequest(this.amChokedByPeer, nowMs) ?? !this.amChokedByPeer) &&
      this.amInterested &&
      !this.wire.isReadingPaused &&
      !(this.identity.isGreedy && this.#isServedFirst(nowMs)) &&
      this.requestsWaiting < maxRequestsInWhileAsking &&
      this.#hasPausedAfterUnchoke(nowMs)
    );
  }

  /** A peer that flaps gets requests ten times a second at most. */
  #hasPausedAfterUnchoke(nowMs: number): boolean {
    const choke = this.#choke;
    if (choke === undefined || choke.hasAnsweredUnchoke) return true;
    return nowMs - choke.unchokeAnsweredMs >= unchokeAnswerMs;
  }

  /** Whether a greedy peer is served before we request anything: it owes us nothing when its queue is full. */
  #isServedFirst(nowMs: number): boolean {
    if (!this.torrent.unchoked.has(this.rowIndex)) return false;
    const unchokedAtMs = this.#choke?.unchokedAtMs ?? longAgoMs;
    return this.isPeerChoked || this.requestsWaiting > 0 || nowMs - unchokedAtMs < greedyFirstMs;
  }

  has(piece: PieceIndex): boolean {
    return this.row.has(piece);
  }

  /** Whether the peer has the piece and would send it now. */
  mayAskFor(piece: PieceIndex): boolean {
    if (!this.row.has(piece) || !this.#mayAskSeedFor(piece)) return false;
    return this.features.fast?.mayAskFor(piece, this.amChokedByPeer) ?? true;
  }

  #mayAskSeedFor(piece: PieceIndex): boolean {
    if (!this.givesWholeFiles || this.#content === undefined) return true;
    const { leases, table } = this.#content;
    const availability = table.availability[piece] ?? 0;
    return leases.reserved.mayAskFor(piece, this.rowIndex, availability, this.worker.nowMs());
  }

  /** A web seed whose server knows no ranges: its blocks come in the order of a file. */
  get givesWholeFiles(): boolean {
    return (
      this.identity.isWebSeed && this.#content?.leases.reserved.hasSeed(this.rowIndex) === true
    );
  }

  /** Pieces that the peer would like to send (BEP 6). */
  get suggested(): ReadonlySet<PieceIndex> | undefined {
    return this.features.fast?.suggested;
  }

  requestBlock(
    this: SessionWithContent,
    piece: PieceInProgress,
    block: number,
    nowMs: number,
  ): void {
    const { requests } = this.download;
    if (requests.length === 0 && !this.download.mayOweLate(nowMs)) this.times.beginProbe(nowMs);
    requests.push(this.content.blockNumber(piece.piece, block), nowMs);
    const begin = block * blockLengthBytes;
    const lengthBytes = piece.blockLengthBytes(block);
    this.worker.rateLimits?.down.take(this, lengthBytes);
    this.wire.control.request(piece.piece, begin, lengthBytes);
  }

  /** A peer of a local network, unless limits hold there too. */
  get isUnlimited(): boolean {
    return this.identity.isNeighbour && !this.worker.limitRules.limitsLocal;
  }

  get isOverTcp(): boolean {
    return this.wire.connection.isHeldBack === undefined;
  }

  /** Counts received messages, and the heads of blocks. */
  countProtocolReceived(this: SessionWithContent, bytes: number): void {
    this.content.countProtocolReceived(bytes, this.isOverTcp);
    const { limitRules, rateLimits } = this.worker;
    if (limitRules.countsProtocol) rateLimits?.down.countProtocol(this, bytes);
  }

  /** Counts sent messages, and the heads of blocks. */
  countProtocolSent(this: SessionWithContent, bytes: number): void {
    this.content.countProtocolSent(bytes, this.isOverTcp);
    const { limitRules, rateLimits } = this.worker;
    if (limitRules.countsProtocol) rateLimits?.up.countProtocol(this, bytes);
  }

  /** Counts received payload, wanted or not. */
  countReceived(this: SessionWithContent, lengthBytes: number): void {
    this.row.addTo(PeerField.downloadedBytes, lengthBytes);
    this.download.countReceived(lengthBytes, this.worker);
    this.content.countReceived(lengthBytes, this.isOverTcp);
  }

  countSent(this: SessionWithContent, lengthBytes: number): void {
    this.row.addTo(PeerField.uploadedBytes, lengthBytes);
    this.upload.countSent(lengthBytes, this.worker);
    this.content.countSent(lengthBytes, this.isOverTcp);
  }

  write(bytes: Uint8Array, written?: () => void): void {
    this.times.noteSent();
    if (!this.identity.isWebSeed) this.countMessage(bytes.length);
    this.wire.connection.write(bytes, written);
  }

  /** Counts sent messages; without content they count when it is known. */
  countMessage(bytes: number): void {
    if (hasContent(this)) this.countProtocolSent(bytes);
    else this.wire.bytes.sentEarly += bytes;
  }

  scheduleFlush(): void {
    if (!this.wire.isReading) this.worker.turnEnd.flushLater(this);
  }

  flush(): void {
    if (this.wire.phase !== "closed") this.wire.control.flush();
  }
}
