import { isTimeBefore, timeDistance } from "@troupe/protocol/utp";

const slotMs = 60_000;
/** The current minute and two past ones: the base lasts two minutes at least. */
const slotCount = 3;
/** A larger jump of the other side's base is no drift, or forged. */
const mostDriftUs = 10_000;

/** The lowest of the delays of the last minutes. Clocks of two machines differ: only differences of delays mean anything. */
export class BaseDelay {
  readonly #slots = new Uint32Array(slotCount);
  #filledSlots = 0;
  #slotEndsMs = 0;
  #baseUs = 0;

  get isEmpty(): boolean {
    return this.#filledSlots === 0;
  }

  /** Modulo 2³². */
  get baseUs(): number {
    return this.#baseUs;
  }

  /** @returns Queueing delay of the sample: how much it is above the base, in µs. */
  add(sampleUs: number, nowMs: number): number {
    const slots = this.#slots;
    if (this.#filledSlots === 0 || nowMs >= this.#slotEndsMs) {
      slots.copyWithin(1, 0);
      slots[0] = sampleUs;
      this.#filledSlots = Math.min(this.#filledSlots + 1, slotCount);
      this.#slotEndsMs = nowMs + slotMs;
      this.#findBase();
    } else if (isTimeBefore(sampleUs, slots[0] ?? 0)) {
      slots[0] = sampleUs;
      this.#findBase();
    }
    return timeDistance(this.#baseUs, sampleUs);
  }

  /** Raises the base, since the clocks drift apart. */
  shift(byUs: number): void {
    for (let slot = 0; slot < this.#filledSlots; slot++)
      this.#slots[slot] = (this.#slots[slot] ?? 0) + byUs;
    this.#findBase();
  }

  #findBase(): void {
    let base = this.#slots[0] ?? 0;
    for (let slot = 1; slot < this.#filledSlots; slot++) {
      const each = this.#slots[slot] ?? 0;
      if (isTimeBefore(each, base)) base = each;
    }
    this.#baseUs = base;
  }
}

/**
 * Queueing delays of both directions of a connection. Where our clock loses against that of the other side, our delays
 * seem to grow; the other side's seem to shrink by as much, which mirrors the drift.
 */
export class Delays {
  readonly #ours = new BaseDelay();
  readonly #theirs = new BaseDelay();

  /**
   * A packet arrived.
   *
   * @param delayUs Our clock less its timestamp, modulo 2³².
   */
  received(delayUs: number, nowMs: number): void {
    const theirs = this.#theirs;
    if (theirs.isEmpty) return void theirs.add(delayUs, nowMs);
    const before = theirs.baseUs;
    theirs.add(delayUs, nowMs);
    if (!isTimeBefore(theirs.baseUs, before)) return;
    const driftUs = timeDistance(theirs.baseUs, before);
    if (driftUs <= mostDriftUs) this.#ours.shift(driftUs);
  }

  /**
   * The other side told the delay of our packets.
   *
   * @param differenceUs Its clock less our timestamp, modulo 2³².
   * @param roundTripMs Least round trip of the packets that this packet acknowledges: no delay is longer, so that a forged
   *   or drifting clock cannot bring the window down for good.
   * @returns Queueing delay in milliseconds.
   */
  told(differenceUs: number, roundTripMs: number, nowMs: number): number {
    const delayUs = this.#ours.add(differenceUs, nowMs);
    const mostUs = Math.ceil(roundTripMs * 1_000);
    if (delayUs <= mostUs) return delayUs / 1_000;
    this.#ours.shift(delayUs - mostUs);
    return mostUs / 1_000;
  }
}
