import { maxLateBlocks } from "../limits.ts";
import { longAgoMs } from "../long-ago.ts";
import { RateMeter } from "../rate-meter.ts";
import { BlockTimes } from "./block-times.ts";
import type { PieceInProgress } from "./piece-in-progress.ts";
import { type PipelineBounds, RequestPipeline } from "./request-pipeline.ts";
import { RequestRing } from "./request-ring.ts";

/** Blocks of requests that were taken back come within this time, if at all. */
const lateForMs = 5_000;

/** The download from a peer: its requests, the arriving block, and its pace. Idle peers have none. */
export class PeerDownload {
  /** Blocks that the peer owes. */
  readonly requests: RequestRing;
  readonly pipeline: RequestPipeline;
  /** The piece of the last requests. */
  currentPiece: PieceInProgress | undefined;
  /** The piece of the arriving block; undefined between two blocks. */
  receivingIn: PieceInProgress | undefined;
  receivingBlock = 0;
  receivingSinceMs = 0;
  /** The engine had nothing for this peer: no question before this time. */
  noLeaseUntilMs: number = longAgoMs;
  #lateBlocks: RequestRing | undefined;
  #rate: RateMeter | undefined;
  #blockTimes: BlockTimes | undefined;

  constructor(bounds: PipelineBounds) {
    this.requests = new RequestRing(bounds.most);
    this.pipeline = new RequestPipeline(bounds);
  }

  /** Blocks that the peer owed until we took the requests back. */
  get lateBlocks(): RequestRing {
    return (this.#lateBlocks ??= new RequestRing(maxLateBlocks));
  }

  /** Requests were taken back a moment ago: their blocks may come before others. */
  mayOweLate(nowMs: number): boolean {
    const late = this.#lateBlocks;
    if (late === undefined || late.length === 0) return false;
    return nowMs - late.timeMsAt(late.length - 1) < lateForMs;
  }

  /** The blocks that the peer owes or is sending. */
  get blocksOut(): number {
    return this.requests.length + (this.receivingIn === undefined ? 0 : 1);
  }

  /** Smoothed. */
  get bytesPerSecond(): number {
    return this.#rate?.bytesPerSecond ?? 0;
  }

  /** How long requested blocks take; 0 before the first. */
  get blockTimeMs(): number {
    return this.#blockTimes?.medianMs ?? 0;
  }

  /** A requested block has come. @param tookMs From its request. */
  addBlockTime(tookMs: number): void {
    this.#blockTimes ??= new BlockTimes();
    this.#blockTimes.add(tookMs);
  }

  /** A block begins to arrive. */
  beginBlock(piece: PieceInProgress, block: number, nowMs: number): void {
    this.receivingIn = piece;
    this.receivingBlock = block;
    this.receivingSinceMs = nowMs;
  }

  /** No block arrives any more. */
  endBlock(): void {
    this.receivingIn = undefined;
  }

  /** The time until now does not count as the arriving block's. */
  restartBlock(nowMs: number): void {
    this.receivingSinceMs = nowMs;
  }

  /** A question for this peer need not wait. */
  mayAskAgain(): void {
    this.noLeaseUntilMs = longAgoMs;
  }

  /** Payload has come. The rate is measured from the first time on. */
  countReceived(lengthBytes: number, clock: { nowMs(): number }): void {
    this.#rate ??= new RateMeter(clock.nowMs());
    this.#rate.add(lengthBytes);
  }

  /** The peer may send again after a pause. */
  restartRate(nowMs: number): void {
    this.#rate ??= new RateMeter(nowMs);
    this.#rate.restart(nowMs);
  }

  /**
   * Once a second.
   *
   * @param isAsked The peer does not choke us: its request queue follows the rate.
   * @param isUrgent See {@link RequestPipeline.adapt}.
   */
  readRate(nowMs: number, isAsked: boolean, roundTripMs: number, isUrgent: boolean): void {
    this.#rate?.read(nowMs);
    if (!isAsked) return;
    const last = this.#rate?.lastBytesPerSecond ?? 0;
    this.pipeline.adapt(last, this.bytesPerSecond, roundTripMs, isUrgent);
  }
}
