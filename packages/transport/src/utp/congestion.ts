import { firstWindowPackets, growthBytes, mostWindowBytes } from "./limits.ts";

/** A delay above this part of the target ends the fast growth of the window. */
const fastGrowthPart = 0.5;
/** A delay below it shows that the queue was empty. */
const emptyQueueMs = 10;
/** A base delay is forgotten after two minutes; before, the window shrinks for a moment if the queue was never empty. */
const drainAfterMs = 90_000;
/** Part of the line that a transfer uses while the queue drains. */
const drainPart = 0.25;

/**
 * Growth of the window. `fast`: by each acknowledged byte, up to `untilBytes`. `held`: a delay near the target was seen,
 * which a burst can cause; the window stays until the delays of its own packets are known, from `fromMs` to `untilMs`.
 * `steady`: by the delay. `drained`: until `untilMs` the window is small, so that the queue that this transfer keeps at the
 * target runs empty, and is not taken for a part of the way.
 */
type Growth =
  | { readonly name: "fast"; readonly untilBytes: number }
  | {
      readonly name: "held";
      readonly fromMs: number;
      readonly untilMs: number;
      leastDelayMs: number;
    }
  | { readonly name: "steady" }
  | { readonly name: "drained"; readonly untilMs: number; readonly thenBytes: number };

const steady: Growth = { name: "steady" };

/** Packets were acknowledged. One object serves all calls of a connection. */
export interface Acknowledged {
  bytes: number;
  /** Queueing delay; undefined without a sample. */
  delayMs: number | undefined;
  /** The window was used up: a window that is not used does not grow. */
  isFull: boolean;
  /** The shortest round trip of the connection. */
  leastRoundTripMs: number;
}

/**
 * Congestion window of LEDBAT (RFC 6817): it grows while the queueing delay is below the target, and shrinks above. Until
 * the first loss, or a delay near the target, it grows fast.
 */
export class Congestion {
  readonly #targetMs: number;
  #packetBytes: number;
  #windowBytes: number;
  #growth: Growth = { name: "fast", untilBytes: mostWindowBytes };
  #halvedAtMs = -Infinity;
  /** The last sample of the queueing delay. */
  #delayMs = 0;
  /** The last time at which the queue was empty. */
  #emptyAtMs = 0;

  /** @param packetBytes Payload of a packet: the least window. */
  constructor(targetMs: number, packetBytes: number) {
    this.#targetMs = targetMs;
    this.#packetBytes = packetBytes;
    this.#windowBytes = firstWindowPackets * packetBytes;
  }

  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** Packets of the line wait nearly as long as this transfer allows: it leaves the rest of the line to others. */
  get isDelayed(): boolean {
    return this.#delayMs > fastGrowthPart * this.#targetMs;
  }

  /** Payload of a packet from now on. */
  setPacketBytes(packetBytes: number): void {
    this.#packetBytes = packetBytes;
    this.#windowBytes = Math.max(this.#windowBytes, packetBytes);
  }

  acknowledged(acked: Acknowledged, nowMs: number): void {
    const growth = this.#growth;
    if (acked.delayMs !== undefined) this.#delayMs = acked.delayMs;
    if (acked.delayMs !== undefined && acked.delayMs < emptyQueueMs) this.#emptyAtMs = nowMs;
    if (growth.name === "held") this.#hold(growth, acked, nowMs);
    else if (growth.name === "fast") this.#growFast(growth.untilBytes, acked, nowMs);
    else if (growth.name === "steady") this.#follow(acked, nowMs);
    else if (nowMs >= growth.untilMs) this.#growth = { name: "fast", untilBytes: growth.thenBytes };
  }

  #growFast(
    untilBytes: number,
    { bytes, delayMs = 0, isFull, leastRoundTripMs }: Acknowledged,
    nowMs: number,
  ): void {
    if (delayMs > fastGrowthPart * this.#targetMs) {
      // Packets that leave now are acknowledged behind the queue as it grows meanwhile.
      const fromMs = nowMs + leastRoundTripMs + 2 * delayMs;
      const untilMs = fromMs + leastRoundTripMs;
      this.#growth = { name: "held", fromMs, untilMs, leastDelayMs: Infinity };
    } else if (this.#windowBytes >= untilBytes) this.#growth = steady;
    else if (isFull) this.#setWindow(this.#windowBytes + bytes);
  }

  #hold(growth: Growth & { name: "held" }, acked: Acknowledged, nowMs: number): void {
    const { delayMs = Infinity, leastRoundTripMs } = acked;
    if (nowMs < growth.fromMs) return;
    growth.leastDelayMs = Math.min(growth.leastDelayMs, delayMs);
    if (nowMs < growth.untilMs || growth.leastDelayMs === Infinity) return;
    const { leastDelayMs } = growth;
    if (leastDelayMs < fastGrowthPart * this.#targetMs) {
      this.#growth = { name: "fast", untilBytes: mostWindowBytes };
      return;
    }
    this.#growth = steady;
    if (leastDelayMs <= this.#targetMs) return;
    const part = (leastRoundTripMs + this.#targetMs) / (leastRoundTripMs + leastDelayMs);
    this.#setWindow(this.#windowBytes * part);
  }

  #follow(acked: Acknowledged, nowMs: number): void {
    const { bytes, delayMs, isFull } = acked;
    if (delayMs === undefined) return;
    if (nowMs - this.#emptyAtMs > drainAfterMs) return this.#drain(delayMs, acked, nowMs);
    const distance = (this.#targetMs - delayMs) / this.#targetMs;
    if (distance > 0 && !isFull) return;
    const part = Math.min(bytes / this.#windowBytes, 1);
    this.#setWindow(this.#windowBytes + Math.max(growthBytes * distance * part, -bytes / 2));
  }

  #drain(delayMs: number, { leastRoundTripMs }: Acknowledged, nowMs: number): void {
    this.#emptyAtMs = nowMs;
    const untilMs = nowMs + 2 * (leastRoundTripMs + delayMs);
    this.#growth = { name: "drained", untilMs, thenBytes: this.#windowBytes };
    const linePart = leastRoundTripMs / (leastRoundTripMs + delayMs);
    this.#setWindow(this.#windowBytes * linePart * drainPart);
  }

  /**
   * A packet was lost, which was sent at `sentMs`. Losses of packets that left before a halving are part of it.
   *
   * @returns Whether this loss is a new one.
   */
  lost(sentMs: number, nowMs: number): boolean {
    if (sentMs <= this.#halvedAtMs) return false;
    this.#halvedAtMs = nowMs;
    const growth = this.#growth;
    if (growth.name === "drained") {
      this.#growth = { ...growth, thenBytes: growth.thenBytes / 2 };
      return true;
    }
    this.#setWindow(this.#windowBytes / 2);
    this.#growth = steady;
    return true;
  }

  /** No packet is acknowledged any more: the window begins anew with a packet. */
  timedOut(nowMs: number): void {
    const untilBytes = Math.max(this.#windowBytes / 2, 2 * this.#packetBytes);
    this.#growth = { name: "fast", untilBytes };
    this.#halvedAtMs = nowMs;
    this.#setWindow(this.#packetBytes);
  }

  /** Nothing was under way for a time-out: a whole window at once could meet a full queue, so it grows again to its size. */
  rested(): void {
    const growth = this.#growth;
    const untilBytes = growth.name === "fast" ? growth.untilBytes : this.#windowBytes;
    this.#growth = { name: "fast", untilBytes };
    this.#setWindow(Math.min(this.#windowBytes, firstWindowPackets * this.#packetBytes));
  }

  #setWindow(bytes: number): void {
    this.#windowBytes = Math.min(Math.max(bytes, this.#packetBytes), mostWindowBytes);
  }
}
