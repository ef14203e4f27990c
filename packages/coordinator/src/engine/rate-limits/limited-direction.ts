import { burstBytes, grantUnitBytes, type DirectionShare } from "@troupe/messages";
import { GrantTurns, type GrantDemand } from "./grant-turns.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Refills without a waiting peer, after which a limit is idle: a second. */
const idleRefills = 20;

/** The part of a second that a refill is. */
const refillShare = 1 / idleRefills;
/** A limit whose bucket is full more often than this has bytes that no peer takes. */
const mostFullShare = 0.25;

/** The limit of one direction, of an engine, a group or a torrent. */
export class LimitedDirection {
  /** The shares, by worker. */
  readonly #shares: (DirectionShare | undefined)[] = [];
  readonly #bucket = new TokenBucket();
  readonly #turns = new GrantTurns();
  /** Counters of protocol bytes at the last refill, by worker. */
  readonly #protocolBytes: number[] = [];
  #rate = 0;
  #peerRate = 0;
  /** Whether the bucket was full at the last refill. */
  #isFull = false;
  /** How often the bucket was full in the last seconds, 0 to 1. */
  #fullShare = 0;
  #unusedRefills = 0;

  /** Bytes a second of all peers together; 0: no limit. */
  get rate(): number {
    return this.#rate;
  }

  /** Bytes a second of each peer; 0: no limit. */
  get peerRate(): number {
    return this.#peerRate;
  }

  /** Whether no peer has waited for a while, and the bucket is full. */
  get isIdle(): boolean {
    return this.#rate === 0 || this.#unusedRefills >= idleRefills;
  }

  /** Whether peers wait for their turn. */
  get isReached(): boolean {
    return this.#shares.some((share) => share !== undefined && share.waitingWeight > 0);
  }

  /** Whether peers take nearly all bytes of the limit. */
  get isUsedUp(): boolean {
    return this.#rate > 0 && this.#fullShare <= mostFullShare;
  }

  /** Sets the rates, and takes back the grants of the old ones. */
  setRates(rate = 0, peerRate = 0): void {
    if (rate !== this.#rate) {
      this.#bucket.empty();
      for (const share of this.#shares) share?.recall();
    }
    this.#rate = rate;
    this.#peerRate = peerRate;
    this.#isFull = false;
    this.#fullShare = 0;
    this.#unusedRefills = 0;
    for (const share of this.#shares) share?.setRates(rate, peerRate);
  }

  /** Sets the share of a new incarnation of the worker. */
  setShare(worker: number, share: DirectionShare): void {
    share.setRates(this.#rate, this.#peerRate);
    this.#shares[worker] = share;
    this.#protocolBytes[worker] = 0;
  }

  /** Grants the bytes of the elapsed time. */
  refill(elapsedMs: number): void {
    if (this.#rate === 0) return;
    this.#fullShare += (Number(this.#isFull) - this.#fullShare) * refillShare;
    this.#unusedRefills = this.#isFull && this.#isUnused() ? this.#unusedRefills + 1 : 0;
    if (this.#unusedRefills > 0) return;
    const protocolBytes = this.#newProtocolBytes();
    for (const share of this.#shares) {
      if (share?.waitingWeight === 0) this.#bucket.putBack(share.recall());
    }
    this.#bucket.refill(this.#rate, elapsedMs, protocolBytes);
    const demands = this.#demands();
    for (const [worker, bytes] of this.#turns.divide(this.#bucket.bytes, demands).entries()) {
      if (bytes === 0) continue;
      this.#shares[worker]?.grant(bytes);
      this.#bucket.take(bytes);
    }
    this.#isFull = this.#bucket.spill(this.#rate);
  }

  /** Whether no worker waits for bytes, holds bytes or owes bytes. */
  #isUnused(): boolean {
    for (const share of this.#shares) {
      if (share !== undefined && (share.waitingWeight > 0 || share.grantedBytes !== 0))
        return false;
    }
    return true;
  }

  /** A worker whose peers wait for another limit saves up no more than its part of a burst. */
  #demands(): GrantDemand[] {
    const waiting = this.#shares.filter((share) => (share?.waitingWeight ?? 0) > 0).length;
    const most = Math.max(grantUnitBytes, burstBytes(this.#rate) / 2 / Math.max(1, waiting));
    return Array.from(this.#shares, (share) => {
      if (share === undefined || share.waitingWeight === 0)
        return { waitingWeight: 0, neededBytes: 0 };
      const { grantedBytes, waitingWeight, wantedBytes } = share;
      return { waitingWeight, neededBytes: Math.min(wantedBytes, most) - grantedBytes };
    });
  }

  #newProtocolBytes(): number {
    let bytes = 0;
    for (const [worker, share] of this.#shares.entries()) {
      if (share === undefined) continue;
      const now = share.protocolBytes;
      // The counter wraps.
      bytes += (now - (this.#protocolBytes[worker] ?? 0)) >>> 0;
      this.#protocolBytes[worker] = now;
    }
    return bytes;
  }
}
