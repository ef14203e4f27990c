import { RateShare, type RateLimits } from "@troupe/messages";
import { LimitedDirection } from "./limited-direction.ts";

/** The limits of an engine, a group or a torrent, both ways. */
export class LimitedScope {
  readonly down = new LimitedDirection();
  readonly up = new LimitedDirection();
  /** The memory of the shares, by worker. */
  readonly #memories: SharedArrayBuffer[] = [];

  set({ down, up, peerDown, peerUp }: RateLimits): void {
    this.down.setRates(down, peerDown);
    this.up.setRates(up, peerUp);
  }

  /** Whether its limits are these. */
  has({ down = 0, up = 0, peerDown = 0, peerUp = 0 }: RateLimits): boolean {
    const { down: ofDown, up: ofUp } = this;
    const isOfAll = ofDown.rate === down && ofUp.rate === up;
    return isOfAll && ofDown.peerRate === peerDown && ofUp.peerRate === peerUp;
  }

  /** The share of a worker's present incarnation. */
  shareOf(worker: number): SharedArrayBuffer {
    return this.#memories[worker] ?? this.renewShare(worker);
  }

  /** Makes the share of a new incarnation. The demand of the old incarnation does not count any more. */
  renewShare(worker: number): SharedArrayBuffer {
    const share = new RateShare();
    this.#memories[worker] = share.memory;
    this.down.setShare(worker, share.down);
    this.up.setShare(worker, share.up);
    return share.memory;
  }

  /** Whether no refill is needed until a peer waits. */
  get isIdle(): boolean {
    return this.down.isIdle && this.up.isIdle;
  }

  refill(elapsedMs: number): void {
    this.down.refill(elapsedMs);
    this.up.refill(elapsedMs);
  }
}
