import { firstWindowPackets, growthBytes, mostWindowBytes } from "./limits.ts";

/** A delay above this part of the target ends the slow start. */
const slowStartPart = 0.5;

/**
 * Congestion window of LEDBAT (RFC 6817): it grows while the queueing delay is below the target, and shrinks above. Until
 * the first loss, or a delay near the target, it grows by each acknowledged byte.
 */
export class Congestion {
  readonly #targetMs: number;
  #packetBytes: number;
  #windowBytes: number;
  /** Below it the window grows by each acknowledged byte. */
  #slowStartBytes = mostWindowBytes;
  #halvedAtMs = -Infinity;

  /** @param packetBytes Payload of a packet: the least window. */
  constructor(targetMs: number, packetBytes: number) {
    this.#targetMs = targetMs;
    this.#packetBytes = packetBytes;
    this.#windowBytes = firstWindowPackets * packetBytes;
  }

  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** Payload of a packet from now on. */
  setPacketBytes(packetBytes: number): void {
    this.#packetBytes = packetBytes;
    this.#windowBytes = Math.max(this.#windowBytes, packetBytes);
  }

  /**
   * Packets are acknowledged.
   *
   * @param delayMs Their queueing delay; undefined without a sample.
   * @param isFull The window was used up: a window that is not used does not grow.
   */
  acknowledged(ackedBytes: number, delayMs: number | undefined, isFull: boolean): void {
    const isSlowStart = this.#windowBytes < this.#slowStartBytes;
    if (isSlowStart && delayMs !== undefined && delayMs > slowStartPart * this.#targetMs) {
      // The acknowledged packet left a round trip ago, when the window was half as large.
      this.#setWindow(this.#windowBytes / 2);
      this.#slowStartBytes = 0;
    } else if (isSlowStart) {
      if (isFull) this.#setWindow(this.#windowBytes + ackedBytes);
    } else if (delayMs !== undefined) this.#follow(ackedBytes, delayMs, isFull);
  }

  #follow(ackedBytes: number, delayMs: number, isFull: boolean): void {
    const distance = (this.#targetMs - delayMs) / this.#targetMs;
    if (distance > 0 && !isFull) return;
    const part = Math.min(ackedBytes / this.#windowBytes, 1);
    this.#setWindow(this.#windowBytes + Math.max(growthBytes * distance * part, -ackedBytes / 2));
  }

  /** A packet was lost, which was sent at `sentMs`. Losses of packets that left before a halving are part of it. */
  lost(sentMs: number, nowMs: number): void {
    if (sentMs <= this.#halvedAtMs) return;
    this.#halvedAtMs = nowMs;
    this.#setWindow(this.#windowBytes / 2);
    this.#slowStartBytes = 0;
  }

  /** No packet is acknowledged any more: the window begins anew with a packet. */
  timedOut(nowMs: number): void {
    this.#slowStartBytes = Math.max(this.#windowBytes / 2, 2 * this.#packetBytes);
    this.#halvedAtMs = nowMs;
    this.#setWindow(this.#packetBytes);
  }

  #setWindow(bytes: number): void {
    this.#windowBytes = Math.min(Math.max(bytes, this.#packetBytes), mostWindowBytes);
  }
}
