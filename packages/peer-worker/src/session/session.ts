// One connection to one peer after its handshake: what is known of it. What happens to it is in the files beside.

import type { Stream } from "@troupe/actor-runtime";
import { PeerField, PeerFlag, PeerStep, PeerWord, peerBreadcrumb } from "@troupe/messages";
import type { PeerRow, PeerRowIndex } from "@troupe/messages";
import { FrameReader, type PieceIndex, blockLengthBytes } from "@troupe/protocol";

import type { BlockTaker } from "../download/block-picker.ts";
import { OffenceCounters } from "./offence-counters.ts";
import { ControlWriter } from "../connection/control-writer.ts";
import { MessageHandler } from "./message-handler.ts";
import { maxExtendedBytes, maxLateBlocks, maxRequestsOut } from "../limits.ts";
import type { PieceInProgress } from "../download/piece-in-progress.ts";
import { RateMeter } from "../download/rate-meter.ts";
import { RequestPipeline } from "../download/request-pipeline.ts";
import { RequestRing } from "../download/request-ring.ts";
import type { Torrent } from "../torrent.ts";
import { UploadQueue } from "../upload/upload-queue.ts";

/** Who the peer is. */
export interface PeerIdentity {
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly host: string;
  readonly port: number;
  readonly isIncoming: boolean;
}

/** `admitting`: the coordinator has been asked; messages are read, nothing is requested or served. */
export type SessionPhase = "admitting" | "open" | "closed";

/** A peer of one torrent. */
export class Session implements BlockTaker {
  readonly torrent: Torrent;
  readonly stream: Stream;
  readonly rowIndex: PeerRowIndex;
  readonly row: PeerRow;
  readonly identity: PeerIdentity;
  /** What is noted while something of this peer is in hand. */
  readonly breadcrumb: Int32Array;
  readonly control: ControlWriter;
  readonly reader: FrameReader;
  readonly offences: OffenceCounters;
  readonly pipeline: RequestPipeline = new RequestPipeline();
  /** Blocks that the peer owes us. */
  readonly requests: RequestRing = new RequestRing(maxRequestsOut);
  /** Blocks that it owed until we took them back. */
  readonly lateBlocks: RequestRing = new RequestRing(maxLateBlocks);
  readonly down: RateMeter;
  readonly up: RateMeter;
  readonly uploads: UploadQueue;
  phase: SessionPhase = "admitting";

  /** When the input, message or tick at hand began. */
  nowMs: number;
  /** Inside `bytes`: what is gathered goes out at its end. */
  isReading = false;
  /** Its requests have reached their bound: nothing is read of it until half of them are served. */
  isReadingPaused = false;
  /** What had arrived behind them. */
  pendingInput: Uint8Array | undefined;
  /** Goes on reading after it was held. Set by the stage of the connection. */
  resumeReading: () => void = () => {};
  /** An orderly close asked for while messages are being read; why it was closed, once it is. */
  closeReason: string | undefined;
  /** It was closed because the peer broke a rule. */
  isFaulty = false;

  currentPiece: PieceInProgress | undefined;
  /** The block whose bytes are arriving. */
  receivingIn: PieceInProgress | undefined;
  receivingBlock = 0;
  receivingSinceMs = 0;
  lastBlockAtMs: number;
  /** When a request went out to an idle peer, to measure the round trip; −1 without a measurement under way. */
  probeSentAtMs = -1;
  roundTripMs = 0;
  /** Whether requests have followed the peer's last unchoke, and when some last did; see unchokeAnswerMs. */
  hasAnsweredUnchoke = true;
  unchokeAnsweredMs = -Infinity;
  /** The coordinator had nothing for this peer, and we believe it until then. */
  noLeaseUntilMs = -Infinity;

  /** Pieces that the peer has and we lack. */
  interestingPieces = 0;
  /** Since when that is 0 though the peer believes that we are interested. */
  uninterestingSinceMs: number | undefined;
  unchokedAtMs = -Infinity;
  /** It was closed before for asking for too much while it owed us blocks. */
  readonly isGreedy: boolean;
  /** Until then requests that come although the peer is choked may have crossed our choke on the way. */
  crossingUntilMs = -Infinity;
  crossedRequests = 0;
  extendedHandshakeAtMs = -Infinity;
  /** Where an incoming peer says that it listens. */
  listenPort: number | undefined;

  /** Messages seen; with the next two, to tell a message that does not come to its end. */
  framesSeen = 0;
  frameSinceMs = -1;
  frameBytes = 0;
  hasReceived = false;
  hasSent = false;
  lastReceivedAtMs: number;
  lastSentAtMs: number;
  readonly #openedAtMs: number;

  constructor(
    torrent: Torrent,
    stream: Stream,
    rowIndex: PeerRowIndex,
    identity: PeerIdentity,
    nowMs: number,
  ) {
    this.torrent = torrent;
    this.stream = stream;
    this.rowIndex = rowIndex;
    this.identity = identity;
    this.row = torrent.table.row(rowIndex);
    this.breadcrumb = peerBreadcrumb(identity.host, identity.port);
    this.breadcrumb[0] = PeerStep.messages;
    this.breadcrumb[1] = torrent.id;
    this.control = new ControlWriter(this);
    this.offences = new OffenceCounters(nowMs);
    this.isGreedy = torrent.worker.greedyPeers.has(identity.peerId);
    this.uploads = new UploadQueue(torrent.worker.requestMemory);
    this.down = new RateMeter(nowMs);
    this.up = new RateMeter(nowMs);
    this.reader = new FrameReader(new MessageHandler(this), {
      pieceCount: torrent.geometry.pieceCount,
      pieceLengthBytes: torrent.geometry.pieceLengthBytes,
      totalBytes: torrent.geometry.totalBytes,
      maxExtendedBytes,
    });
    this.nowMs = nowMs;
    this.lastBlockAtMs = nowMs;
    this.lastReceivedAtMs = nowMs;
    this.lastSentAtMs = nowMs;
    this.#openedAtMs = nowMs;
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

  get openedAtMs(): number {
    return this.#openedAtMs;
  }

  /** Blocks that the peer owes or is sending. */
  get blocksOut(): number {
    return this.requests.length + (this.receivingIn === undefined ? 0 : 1);
  }

  has(piece: PieceIndex): boolean {
    return this.row.has(piece);
  }

  /** Asks the peer for a block that the piece has noted as requested. */
  requestBlock(piece: PieceInProgress, block: number): void {
    if (this.requests.length === 0) this.probeSentAtMs = this.nowMs;
    this.requests.push(this.torrent.blockNumber(piece.piece, block), this.nowMs);
    const begin = block * blockLengthBytes;
    this.control.request(piece.piece, begin, piece.blockLengthBytes(block));
  }

  /** Counts payload that arrived, wanted or not. */
  countReceived(lengthBytes: number): void {
    const { fields } = this.row;
    fields[PeerField.downloadedBytes] = (fields[PeerField.downloadedBytes] ?? 0) + lengthBytes;
    this.down.add(lengthBytes);
    this.torrent.countReceived(lengthBytes);
  }

  /** Counts payload that the system has taken. */
  countSent(lengthBytes: number): void {
    const { fields } = this.row;
    fields[PeerField.uploadedBytes] = (fields[PeerField.uploadedBytes] ?? 0) + lengthBytes;
    this.up.add(lengthBytes);
    this.torrent.countSent(lengthBytes);
  }

  /** For the control writer. */
  write(bytes: Uint8Array): void {
    this.hasSent = true;
    this.stream.write(bytes);
  }

  scheduleFlush(): void {
    if (!this.isReading) this.torrent.worker.turnEnd.flushLater(this);
  }

  flush(): void {
    if (this.phase !== "closed") this.control.flush();
  }
}
