// Requests to keep at a peer: its rate over the round trip and a second more, or less while pieces have deadlines.

import { blockLengthBytes } from "@troupe/protocol/units";

import {
  firstWebSeedRequests,
  maxRequestsOut,
  maxWebSeedRequestsOut,
  minRequestsOut,
  minWebSeedRequests,
} from "../limits.ts";

/** The bounds of a request queue, in requests. */
export interface PipelineBounds {
  /** While the rate is unknown. */
  readonly first: number;
  readonly least: number;
  readonly most: number;
  /** Requests for this time of the peer's rate, beyond the round trip. */
  readonly queuedSeconds: number;
  /** Requests while pieces have deadlines: these wait for blocks that are sent when a cancel comes. */
  readonly urgentSeconds: number;
}

/** Bounds of a peer. */
export const peerPipeline: PipelineBounds = {
  first: minRequestsOut,
  least: minRequestsOut,
  most: maxRequestsOut,
  queuedSeconds: 1,
  urgentSeconds: 0.2,
};

/** Bounds of a web seed, whose requests become long ranges. */
export const webSeedPipeline: PipelineBounds = {
  first: firstWebSeedRequests,
  least: minWebSeedRequests,
  most: maxWebSeedRequestsOut,
  queuedSeconds: 5,
  urgentSeconds: 5,
};

/** Smaller growth, by this share or these bytes a second, counts as none. */
const growthShare = 0.05;
const growthBytesPerSecond = 5_000;

/** The depth of a peer's request queue. */
export class RequestPipeline {
  readonly #bounds: PipelineBounds;
  #unsharedTarget: number;
  /** Share of it that memory allows, over 0 to 1. */
  #share = 1;
  #limit: number;
  #isSlowStart = true;
  #hasAnswered = false;
  #isSnubbed = false;
  #lastBytesPerSecond = 0;

  constructor(bounds: PipelineBounds = peerPipeline) {
    this.#bounds = bounds;
    this.#limit = bounds.most;
    this.#unsharedTarget = bounds.first;
  }

  /** From 1 to the most of its bounds. */
  get target(): number {
    if (this.#isSnubbed) return 1;
    return this.#share === 1
      ? this.#unsharedTarget
      : this.#clamp(Math.floor(this.#unsharedTarget * this.#share));
  }

  /** With memory for all peers. */
  get unsharedTarget(): number {
    return this.#isSnubbed ? 1 : this.#unsharedTarget;
  }

  /** Doubling each round trip: the rate is unknown. */
  get isSlowStart(): boolean {
    return this.#isSlowStart;
  }

  get isSnubbed(): boolean {
    return this.#isSnubbed;
  }

  /** So that many requests share a write. */
  get refillStep(): number {
    return Math.max(1, Math.min(64, this.target >> 3));
  }

  /** @param requests The peer's `reqq` (BEP 10), as on the wire; clamped. */
  setPeerLimit(requests: number): void {
    this.#limit = Math.max(1, Math.min(requests, this.#bounds.most));
    this.#unsharedTarget = this.#clamp(this.#unsharedTarget);
  }

  /** Once a second. @param share Memory available over all targets, over 0 to 1. */
  setShare(share: number): void {
    this.#share = share;
  }

  blockArrived(): void {
    if (this.#isSnubbed) this.restart();
    this.#hasAnswered = true;
    if (this.#isSlowStart) this.#unsharedTarget = this.#clamp(this.#unsharedTarget + 1);
  }

  /**
   * Once a second.
   *
   * @param lastBytesPerSecond The last second's: while it grows, the queue doubles.
   * @param bytesPerSecond Smoothed: the queue follows it afterwards.
   * @param isUrgent Pieces of the torrent have deadlines: the queue is shorter.
   */
  adapt(
    lastBytesPerSecond: number,
    bytesPerSecond: number,
    roundTripMs: number,
    isUrgent = false,
  ): void {
    if (this.#isSnubbed) return;
    const growth = lastBytesPerSecond - this.#lastBytesPerSecond;
    const isGrowing =
      growth > Math.max(growthBytesPerSecond, growthShare * this.#lastBytesPerSecond);
    // A peer slower than a block a second has seconds without a byte: more requests would only wait.
    if (this.#hasAnswered && !isGrowing) this.#isSlowStart = false;
    this.#lastBytesPerSecond = lastBytesPerSecond;
    if (this.#isSlowStart) return;
    const { queuedSeconds, urgentSeconds } = this.#bounds;
    const seconds = roundTripMs / 1_000 + (isUrgent ? urgentSeconds : queuedSeconds);
    this.#unsharedTarget = this.#clamp(Math.ceil((bytesPerSecond * seconds) / blockLengthBytes));
  }

  /** A late peer gets a single request at a time until a block comes. */
  snub(): void {
    this.#isSnubbed = true;
    this.#isSlowStart = false;
  }

  /** After a choke, or a block from a snubbed peer. */
  restart(): void {
    this.#isSnubbed = false;
    this.#isSlowStart = true;
    this.#hasAnswered = false;
    this.#lastBytesPerSecond = 0;
    this.#unsharedTarget = this.#clamp(this.#bounds.first);
  }

  #clamp(requests: number): number {
    return Math.min(Math.max(requests, this.#bounds.least), this.#limit);
  }
}
