import type { Stream } from "@troupe/actor-runtime";
import {
  PeerField,
  PeerFlag,
  PeerStep,
  PeerWord,
  lonePeerRow,
  peerBreadcrumb,
  webSeedBreadcrumb,
} from "@troupe/messages";
import type { ContributorAddress, PeerRow, PeerRowIndex } from "@troupe/messages";
import {
  EarlyHaves,
  FrameReader,
  type FrameSink,
  type PieceIndex,
  blockLengthBytes,
} from "@troupe/protocol";

import type { BlockTaker } from "../download/block-picker.ts";
import { PeerExtensions } from "../extensions/peer-extensions.ts";
import type { FastPeer } from "./fast/fast-peer.ts";
import { OffenceCounters } from "./offence-counters.ts";
import { PeerDhtNode } from "./peer-dht-node.ts";
import { ShownPieces } from "./super-seeding/shown-pieces.ts";
import { ControlWriter } from "../connection/control-writer.ts";
import {
  greedyFirstMs,
  maxExtendedBytes,
  maxLateBlocks,
  maxRequestsInWhileAsking,
  unchokeAnswerMs,
} from "../limits.ts";
import type { PieceInProgress } from "../download/piece-in-progress.ts";
import { RateMeter } from "../download/rate-meter.ts";
import { RequestPipeline, peerPipeline, webSeedPipeline } from "../download/request-pipeline.ts";
import { RequestRing } from "../download/request-ring.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { Torrent, TorrentContent } from "../torrent.ts";
import { UploadQueue } from "../upload/upload-queue.ts";

/** The identity of a peer. */
export interface PeerIdentity {
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly host: string;
  readonly port: number;
  readonly isIncoming: boolean;
  /** Of a web seed: its number. */
  readonly webSeed?: number;
}

/** `admitting`: until the coordinator answers, messages are read, nothing is requested or served. */
export type SessionPhase = "admitting" | "open" | "closed";

/** A peer of a torrent whose metadata is known. */
export type SessionWithContent = Session & { readonly content: TorrentContent };

/** Whether the pieces of the peer's torrent are known. */
export function hasContent(session: Session): session is SessionWithContent {
  return session.content !== undefined;
}

/** A peer of a torrent, after its handshake. */
export class Session implements BlockTaker {
  readonly worker: PeerWorker;
  readonly torrent: Torrent;
  readonly stream: Stream;
  readonly rowIndex: PeerRowIndex;
  /** Of the torrent's table; without content a row of its own. */
  row: PeerRow = lonePeerRow();
  readonly identity: PeerIdentity;
  /** Breadcrumb while a handler works on this peer. */
  readonly breadcrumb: Int32Array;
  readonly control: ControlWriter;
  readonly reader: FrameReader;
  readonly offences: OffenceCounters;
  readonly pipeline: RequestPipeline;
  readonly requests: RequestRing;
  /** Blocks that it owed until we took the requests back. */
  readonly lateBlocks: RequestRing = new RequestRing(maxLateBlocks);
  readonly down: RateMeter;
  readonly up: RateMeter;
  readonly uploads: UploadQueue;
  /** Shown before the content. */
  readonly earlyHaves: EarlyHaves = new EarlyHaves();
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
  /** Resumes reading. Set by the stage of the connection. */
  resumeReading: () => void = () => {};
  /** A close requested while reading; after the close, its reason. */
  closeReason: string | undefined;
  isFaulty = false;

  currentPiece: PieceInProgress | undefined;
  receivingIn: PieceInProgress | undefined;
  receivingBlock = 0;
  receivingSinceMs = 0;
  lastBlockAtMs: number;
  /** Start of a round-trip measurement at an idle peer; −1 without. */
  probeSentAtMs = -1;
  roundTripMs = 0;
  /** Whether requests followed the last unchoke, and when some last did; see unchokeAnswerMs. */
  hasAnsweredUnchoke = true;
  unchokeAnsweredMs = -Infinity;
  /** The coordinator had nothing for this peer: no question before this time. */
  noLeaseUntilMs = -Infinity;

  /** Wanted pieces that the peer has and we lack. */
  interestingPieces = 0;
  /** Time at which either side was last interested, by a look once a second. */
  interestAtMs: number;
  /** Since when that is 0 while the peer believes us interested. */
  uninterestingSinceMs: number | undefined;
  unchokedAtMs = -Infinity;
  /** Closed earlier because it requested too much while it owed us blocks. */
  readonly isGreedy: boolean;
  /** Until then a choked peer's requests may have crossed our choke. */
  crossingUntilMs = -Infinity;
  crossedRequests = 0;
  readonly extensions: PeerExtensions = new PeerExtensions();
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

  /** @param Handler Handles its messages until the content is known. */
  constructor(
    torrent: Torrent,
    stream: Stream,
    rowIndex: PeerRowIndex,
    identity: PeerIdentity,
    Handler: new (session: Session) => FrameSink,
  ) {
    const { worker } = torrent;
    const nowMs = worker.nowMs();
    this.worker = worker;
    this.torrent = torrent;
    this.stream = stream;
    this.rowIndex = rowIndex;
    this.identity = identity;
    const { host, port, webSeed } = identity;
    this.breadcrumb =
      webSeed === undefined ? peerBreadcrumb(host, port) : webSeedBreadcrumb(webSeed);
    this.breadcrumb[0] = PeerStep.messages;
    this.breadcrumb[1] = torrent.id;
    const pipelineBounds = webSeed === undefined ? peerPipeline : webSeedPipeline;
    this.pipeline = new RequestPipeline(pipelineBounds);
    this.requests = new RequestRing(pipelineBounds.most);
    this.control = new ControlWriter(this);
    this.offences = new OffenceCounters(nowMs);
    this.isGreedy = worker.greedyPeers.has(identity.peerId);
    this.uploads = new UploadQueue(worker.requestMemory);
    this.down = new RateMeter(nowMs);
    this.up = new RateMeter(nowMs);
    this.reader = new FrameReader(new Handler(this), { maxExtendedBytes });
    this.inputAtMs = nowMs;
    this.lastBlockAtMs = nowMs;
    this.lastReceivedAtMs = nowMs;
    this.interestAtMs = nowMs;
    this.lastSentAtMs = nowMs;
  }

  /** Undefined until the metadata is known. */
  get content(): TorrentContent | undefined {
    return this.#content;
  }

  /** The metadata is known: the peer moves to its row in the table. Call it once. */
  addContent(content: TorrentContent): SessionWithContent {
    if (this.#content !== undefined) throw new Error("bug: a session has its content");
    this.#content = content;
    const { fields, words } = this.row;
    this.row = content.clearRow(this.rowIndex);
    this.row.fields.set(fields);
    this.row.words.set(words);
    const session = this as SessionWithContent;
    content.sessions.add(session);
    if (this.torrent.isSuperSeeding) {
      this.shown = new ShownPieces(content.geometry.pieceCount);
      this.row.setFlag(PeerFlag.knowsShownOnly, true);
    }
    return session;
  }

  releaseEarlyMemory(): void {
    this.worker.earlyMemory.release(this.earlyBytes);
    this.earlyBytes = 0;
  }

  get isWebSeed(): boolean {
    return this.identity.webSeed !== undefined;
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
    return this.row.words[PeerWord.haveCount] ?? 0;
  }

  /** Blocks that the peer owes or is sending. */
  get blocksOut(): number {
    return this.requests.length + (this.receivingIn === undefined ? 0 : 1);
  }

  /** Identifies the peer after its row is gone. */
  get source(): ContributorAddress {
    const { host, port, peerId } = this.identity;
    return { host, port, peerId };
  }

  /** Whether requests may go to this peer now. */
  mayRequest(nowMs: number): boolean {
    return (
      this.phase === "open" &&
      this.torrent.isActive &&
      (this.fast?.mayRequest(this.amChokedByPeer, nowMs) ?? !this.amChokedByPeer) &&
      this.amInterested &&
      !this.isReadingPaused &&
      !(this.isGreedy && this.#isServedFirst(nowMs)) &&
      this.uploads.length < maxRequestsInWhileAsking &&
      (this.hasAnsweredUnchoke || nowMs - this.unchokeAnsweredMs >= unchokeAnswerMs)
    );
  }

  /** Whether a greedy peer is served before we request anything: it owes us nothing when its queue is full. */
  #isServedFirst(nowMs: number): boolean {
    if (!this.torrent.unchoked.has(this.rowIndex)) return false;
    return (
      this.isPeerChoked || this.uploads.length > 0 || nowMs - this.unchokedAtMs < greedyFirstMs
    );
  }

  has(piece: PieceIndex): boolean {
    return this.row.has(piece);
  }

  /** Whether the peer has the piece and would send it now. */
  mayAskFor(piece: PieceIndex): boolean {
    if (!this.row.has(piece)) return false;
    return this.fast?.mayAskFor(piece, this.amChokedByPeer) ?? true;
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
    if (this.requests.length === 0) this.probeSentAtMs = nowMs;
    this.requests.push(this.content.blockNumber(piece.piece, block), nowMs);
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
    const { fields } = this.row;
    fields[PeerField.downloadedBytes] = (fields[PeerField.downloadedBytes] ?? 0) + lengthBytes;
    this.down.add(lengthBytes);
    this.content.countReceived(lengthBytes);
  }

  countSent(this: SessionWithContent, lengthBytes: number): void {
    const { fields } = this.row;
    fields[PeerField.uploadedBytes] = (fields[PeerField.uploadedBytes] ?? 0) + lengthBytes;
    this.up.add(lengthBytes);
    this.content.countSent(lengthBytes);
  }

  write(bytes: Uint8Array, written?: () => void): void {
    this.hasSent = true;
    if (hasContent(this) && !this.isWebSeed) this.countProtocolSent(bytes.length);
    this.stream.write(bytes, written);
  }

  scheduleFlush(): void {
    if (!this.isReading) this.worker.turnEnd.flushLater(this);
  }

  flush(): void {
    if (this.phase !== "closed") this.control.flush();
  }
}
