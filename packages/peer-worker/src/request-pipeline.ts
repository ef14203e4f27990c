// How many requests to keep with one peer: enough to cover its rate over the round trip and a second more.

import { blockLengthBytes } from "@troupe/protocol";

import { maxRequestsOut, minRequestsOut } from "./limits.ts";

/** Seconds of the peer's rate that its queue holds besides the round trip. */
const queuedSeconds = 1;
/** A rate that grew by less than this share, or these bytes a second, has stopped growing. */
const growthShare = 0.05;
const growthBytesPerSecond = 5_000;

/** The request queue's depth for one peer. */
export class RequestPipeline {
  #target: number = minRequestsOut;
  #limit: number = maxRequestsOut;
  #isSlowStart = true;
  #isSnubbed = false;
  #lastBytesPerSecond = 0;

  /** Requests to keep unanswered, 1 to 500. */
  get target(): number {
    return this.#target;
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
    return Math.max(1, Math.min(64, this.#target >> 3));
  }

  /** The peer said how many requests it takes (BEP 10, `reqq`). @param requests As on the wire; clamped. */
  setPeerLimit(requests: number): void {
    this.#limit = Math.max(1, Math.min(requests, maxRequestsOut));
    this.#target = this.#clamp(this.#target);
  }

  blockArrived(): void {
    if (this.#isSnubbed) this.restart();
    if (this.#isSlowStart) this.#target = this.#clamp(this.#target + 1);
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
    if (this.#isSlowStart && lastBytesPerSecond > 0 && !isGrowing) this.#isSlowStart = false;
    this.#lastBytesPerSecond = lastBytesPerSecond;
    if (this.#isSlowStart) return;
    const seconds = roundTripMs / 1_000 + queuedSeconds;
    this.#target = this.#clamp(Math.ceil((bytesPerSecond * seconds) / blockLengthBytes));
  }

  /** The peer did not answer in time: one request at a time until a block comes. */
  snub(): void {
    this.#isSnubbed = true;
    this.#isSlowStart = false;
    this.#target = 1;
  }

  /** The past says nothing any more: after a choke, or a block from a snubbed peer. */
  restart(): void {
    this.#isSnubbed = false;
    this.#isSlowStart = true;
    this.#lastBytesPerSecond = 0;
    this.#target = this.#clamp(minRequestsOut);
  }

  #clamp(requests: number): number {
    return Math.min(Math.max(requests, minRequestsOut), this.#limit);
  }
}
