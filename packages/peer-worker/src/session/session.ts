import type { Stream } from "@troupe/actor-runtime";
import { PeerField, PeerFlag, PeerStep, PeerWord, lonePeerRow } from "@troupe/messages";
import type { PeerRow, PeerRowIndex } from "@troupe/messages";
import { EarlyHaves, FrameReader, FrameRules, type FrameSink } from "@troupe/protocol/frames";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

import type { BlockTaker } from "../download/block-picker.ts";
import { PeerExtensions } from "../extensions/peer-extensions.ts";
import type { FastPeer } from "./fast/fast-peer.ts";
import { OffenceCounters } from "./offence-counters.ts";
import { PeerDhtNode } from "./peer-dht-node.ts";
import { type KnownPeer, PeerIdentity } from "./peer-identity.ts";
import { ShownPieces } from "./super-seeding/shown-pieces.ts";
import { ControlWriter } from "../connection/control-writer.ts";
import {
  greedyFirstMs,
  maxExtendedBytes,
  maxRequestsInWhileAsking,
  unchokeAnswerMs,
} from "../limits.ts";
import type { PieceInProgress } from "../download/piece-in-progress.ts";
import { PeerDownload } from "../download/peer-download.ts";
import { peerPipeline, webSeedPipeline } from "../download/request-pipeline.ts";
import { longAgoMs } from "../long-ago.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { Torrent, TorrentContent } from "../torrent.ts";
import { UploadQueue } from "../upload/upload-queue.ts";
import type { FileReader } from "../web-seed/block-source.ts";

/** `admitting`: until the coordinator answers, messages are read, nothing is requested or served. */
type SessionPhase = "admitting" | "open" | "closed";

/** A peer of a torrent whose metadata is known. */
export type SessionWithContent = Session & { readonly content: TorrentContent };

/** Of all peers whose torrent's metadata is unknown. */
const earlyRules = new FrameRules({ maxExtendedBytes });

/** Whether the pieces of the peer's torrent are known. */
export function hasContent(session: Session): session is SessionWithContent {
  return session.content !== undefined;
}

/** A peer of a torrent, after its handshake. */
export class Session implements BlockTaker {
  readonly torrent: Torrent;
  /** The connection to the peer, whatever its transport. */
  readonly connection: Stream;
  /** Of the torrent's table; without content a row of its own. */
  row: PeerRow;
  readonly identity: PeerIdentity;
  readonly control: ControlWriter;
  readonly reader: FrameReader;
  readonly offences: OffenceCounters;
  /** Shown before the content; undefined before its first message. */
  earlyHaves: EarlyHaves | undefined;
  /** Of the worker's memory for peers without content. */
  earlyBytes = 0;
  phase: SessionPhase = "admitting";

  /** When the input that is read arrived. Written by the stage of the connection. */
  inputAtMs: number;
  /** Inside `bytes`: gathered messages go out at its end. */
  isReading = false;
  /** At the bound of its requests: not read until half are served. */
  isReadingPaused = false;
  /** Input that arrived behind them. */
  pendingInput: Uint8Array | undefined;
  /** Of a web seed that gives whole files. */
  fileReader: FileReader | undefined;
  /** Resumes reading. The stage of the connection. */
  stage: { resumeReading(): void } | undefined;
  /** A close requested while reading; after the close, its reason. */
  closeReason: string | undefined;
  isFaulty = false;

  lastBlockAtMs: number;
  /** Start of a round-trip measurement at an idle peer; −1 without. */
  probeSentAtMs = -1;
  roundTripMs = 0;
  /** Whether requests followed the last unchoke, and when some last did; see unchokeAnswerMs. */
  hasAnsweredUnchoke = true;
  unchokeAnsweredMs: number = longAgoMs;

  /** Wanted pieces that the peer has and we lack. */
  interestingPieces = 0;
  /** Time at which either side was last interested, by a look once a second. */
  interestAtMs: number;
  /** Since when that is 0 while the peer believes us interested. */
  uninterestingSinceMs: number | undefined;
  unchokedAtMs: number = longAgoMs;
  /** Until then a choked peer's requests may have crossed our choke. */
  crossingUntilMs: number = longAgoMs;
  crossedRequests = 0;
  /** Undefined unless both sides have agreed to it. */
  fast: FastPeer | undefined;
  /** The pieces that a peer of a super-seed was shown. Undefined: the peer knows all pieces that we have. */
  shown: ShownPieces | undefined;
  readonly dhtNode: PeerDhtNode = new PeerDhtNode();
  listenPort: number | undefined;

  /** With the next two, detects a message that does not end. */
  framesSeen = 0;
  frameSinceMs = -1;
  frameBytes = 0;
  /** All bytes read, without the rests of abandoned blocks; then the part that is no payload. */
  receivedBytes = 0;
  protocolBytes = 0;
  hasReceived = false;
  hasSent = false;
  lastReceivedAtMs: number;
  lastSentAtMs: number;
  #content: TorrentContent | undefined;
  #extensions: PeerExtensions | undefined;
  #download: PeerDownload | undefined;
  #upload: UploadQueue | undefined;
  /** The peer's `reqq` (BEP 10), as on the wire. */
  #requestLimit: number | undefined;

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
    this.connection = connection;
    this.row = torrent.content?.clearRow(rowIndex) ?? lonePeerRow();
    this.identity = new PeerIdentity(peer, rowIndex, worker.greedyPeers.has(peer.peerId));
    this.control = new ControlWriter(this);
    this.offences = new OffenceCounters(nowMs);
    this.reader = new FrameReader(new Handler(this), earlyRules);
    this.inputAtMs = nowMs;
    this.lastBlockAtMs = nowMs;
    this.lastReceivedAtMs = nowMs;
    this.interestAtMs = nowMs;
    this.lastSentAtMs = nowMs;
  }

  get worker(): PeerWorker {
    return this.torrent.worker;
  }

  get rowIndex(): PeerRowIndex {
    return this.identity.rowIndex;
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
    if (this.#requestLimit !== undefined) download.pipeline.setPeerLimit(this.#requestLimit);
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
      this.shown = new ShownPieces(content.geometry.pieceCount);
      this.row.setFlag(PeerFlag.knowsShownOnly, true);
    }
    return session;
  }

  /** Made at its first use: a peer may speak none. */
  get extensions(): PeerExtensions {
    return (this.#extensions ??= new PeerExtensions());
  }

  get extensionsIfAny(): PeerExtensions | undefined {
    return this.#extensions;
  }

  /** Names this peer as the input that a handler works on. The caller clears the breadcrumb at its end. */
  leaveBreadcrumb(step: number = PeerStep.messages): void {
    const { breadcrumb } = this.worker.context;
    breadcrumb[0] = step;
    breadcrumb[1] = this.torrent.id;
    this.identity.writeBreadcrumb(breadcrumb);
  }

  /** The messages about pieces from before the content. */
  keepEarly(): EarlyHaves {
    return (this.earlyHaves ??= new EarlyHaves());
  }

  releaseEarlyMemory(): void {
    this.worker.earlyMemory.release(this.earlyBytes);
    this.earlyBytes = 0;
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

  /** @param requests The peer's `reqq` (BEP 10), as on the wire. */
  setPeerRequestLimit(requests: number): void {
    this.#requestLimit = requests;
    this.#download?.pipeline.setPeerLimit(requests);
  }

  /** Whether requests may go to this peer now. */
  mayRequest(nowMs: number): boolean {
    return (
      this.phase === "open" &&
      this.torrent.isActive &&
      (this.fast?.mayRequest(this.amChokedByPeer, nowMs) ?? !this.amChokedByPeer) &&
      this.amInterested &&
      !this.isReadingPaused &&
      !(this.identity.isGreedy && this.#isServedFirst(nowMs)) &&
      this.requestsWaiting < maxRequestsInWhileAsking &&
      (this.hasAnsweredUnchoke || nowMs - this.unchokeAnsweredMs >= unchokeAnswerMs)
    );
  }

  /** Whether a greedy peer is served before we request anything: it owes us nothing when its queue is full. */
  #isServedFirst(nowMs: number): boolean {
    if (!this.torrent.unchoked.has(this.rowIndex)) return false;
    return (
      this.isPeerChoked || this.requestsWaiting > 0 || nowMs - this.unchokedAtMs < greedyFirstMs
    );
  }

  has(piece: PieceIndex): boolean {
    return this.row.has(piece);
  }

  /** Whether the peer has the piece and would send it now. */
  mayAskFor(piece: PieceIndex): boolean {
    if (!this.row.has(piece) || !this.#mayAskSeedFor(piece)) return false;
    return this.fast?.mayAskFor(piece, this.amChokedByPeer) ?? true;
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
    return this.fast?.suggested;
  }

  requestBlock(
    this: SessionWithContent,
    piece: PieceInProgress,
    block: number,
    nowMs: number,
  ): void {
    const { requests } = this.download;
    if (requests.length === 0) this.probeSentAtMs = nowMs;
    requests.push(this.content.blockNumber(piece.piece, block), nowMs);
    const begin = block * blockLengthBytes;
    const lengthBytes = piece.blockLengthBytes(block);
    this.worker.rateLimits?.down.take(this, lengthBytes);
    this.control.request(piece.piece, begin, lengthBytes);
  }

  /** Counts received messages, and the heads of blocks. */
  countProtocolReceived(this: SessionWithContent, bytes: number): void {
    this.content.countProtocolReceived(bytes);
    this.worker.rateLimits?.down.countProtocol(this, bytes);
  }

  /** Counts sent messages, and the heads of blocks. */
  countProtocolSent(this: SessionWithContent, bytes: number): void {
    this.content.countProtocolSent(bytes);
    this.worker.rateLimits?.up.countProtocol(this, bytes);
  }

  /** Counts received payload, wanted or not. */
  countReceived(this: SessionWithContent, lengthBytes: number): void {
    this.row.addTo(PeerField.downloadedBytes, lengthBytes);
    this.download.countReceived(lengthBytes, this.worker);
    this.content.countReceived(lengthBytes);
  }

  countSent(this: SessionWithContent, lengthBytes: number): void {
    this.row.addTo(PeerField.uploadedBytes, lengthBytes);
    this.upload.countSent(lengthBytes, this.worker);
    this.content.countSent(lengthBytes);
  }

  write(bytes: Uint8Array, written?: () => void): void {
    this.hasSent = true;
    if (hasContent(this) && !this.identity.isWebSeed) this.countProtocolSent(bytes.length);
    this.connection.write(bytes, written);
  }

  scheduleFlush(): void {
    if (!this.isReading) this.worker.turnEnd.flushLater(this);
  }

  flush(): void {
    if (this.phase !== "closed") this.control.flush();
  }
}
