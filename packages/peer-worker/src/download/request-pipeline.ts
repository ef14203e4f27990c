// How many requests to keep with one peer: enough to cover its rate over the round trip and a second more.

import { blockLengthBytes } from "@troupe/protocol";

import { maxRequestsOut, minRequestsOut } from "../limits.ts";

/** Seconds of the peer's rate that its queue holds besides the round trip. */
const queuedSeconds = 1;
/** A rate that grew by less than this share, or these bytes a second, has stopped growing. */
const growthShare = 0.05;
const growthBytesPerSecond = 5_000;

/** The request queue's depth for one peer. */
export class RequestPipeline {
  /** What the peer alone would be given. */
  #unsharedTarget: number = minRequestsOut;
  /** Share of it that memory allows, over 0 to 1. */
  #share = 1;
  #limit: number = maxRequestsOut;
  #isSlowStart = true;
  /** A block has come since the slow start began. */
  #hasAnswered = false;
  #isSnubbed = false;
  #lastBytesPerSecond = 0;

  /** Requests to keep unanswered, 1 to 500. */
  get target(): number {
    if (this.#isSnubbed) return 1;
    return this.#share === 1
      ? this.#unsharedTarget
      : this.#clamp(Math.floor(this.#unsharedTarget * this.#share));
  }

  /** Requests that it would keep unanswered if there were memory for all peers, 1 to 500. */
  get unsharedTarget(): number {
    return this.#isSnubbed ? 1 : this.#unsharedTarget;
  }

  /** Doubling with each round trip: the rate is not known yet. */
  get isSlowStart(): boolean {
    return this.#isSlowStart;
  }

  get isSnubbed(): boolean {
    return this.#isSnubbed;
  }

  /** New requests are gathered until there are this many, so that many go out in one write. */
  get refillStep(): number {
    return Math.max(1, Math.min(64, this.target >> 3));
  }

  /** The peer said how many requests it takes (BEP 10, `reqq`). @param requests As on the wire; clamped. */
  setPeerLimit(requests: number): void {
    this.#limit = Math.max(1, Math.min(requests, maxRequestsOut));
    this.#unsharedTarget = this.#clamp(this.#unsharedTarget);
  }

  /** Once a second. @param share What memory allows of all that all peers would be given, over 0 to 1. */
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
   * @param lastBytesPerSecond The last second's rate: while it grows, the queue goes on doubling.
   * @param bytesPerSecond The smoothed rate, which the queue then follows.
   */
  adapt(lastBytesPerSecond: number, bytesPerSecond: number, roundTripMs: number): void {
    if (this.#isSnubbed) return;
    const growth = lastBytesPerSecond - this.#lastBytesPerSecond;
    const isGrowing =
      growth > Math.max(growthBytesPerSecond, growthShare * this.#lastBytesPerSecond);
    // A peer of less than a block a second has seconds without a byte: more requests would only wait longer.
    if (this.#hasAnswered && !isGrowing) this.#isSlowStart = false;
    this.#lastBytesPerSecond = lastBytesPerSecond;
    if (this.#isSlowStart) return;
    const seconds = roundTripMs / 1_000 + queuedSeconds;
    this.#unsharedTarget = this.#clamp(Math.ceil((bytesPerSecond * seconds) / blockLengthBytes));
  }

  /** The peer did not answer in time: one request at a time until a block comes. */
  snub(): void {
    this.#isSnubbed = true;
    this.#isSlowStart = false;
  }

  /** The past says nothing any more: after a choke, or a block from a snubbed peer. */
  restart(): void {
    this.#isSnubbed = false;
    this.#isSlowStart = true;
    this.#hasAnswered = false;
    this.#lastBytesPerSecond = 0;
    this.#unsharedTarget = this.#clamp(minRequestsOut);
  }

  #clamp(requests: number): number {
    return Math.min(Math.max(requests, minRequestsOut), this.#limit);
  }
}
