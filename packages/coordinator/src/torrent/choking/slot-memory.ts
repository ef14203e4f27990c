import { LazyMap } from "@troupe/actor-runtime";
import { isOptimisticOver } from "./optimistic.ts";

/** Remembered subscribers of a torrent. Beyond them the subscriber without a slot for the longest time is forgotten. */
export const mostRemembered = 2_000;
/** Rest after a slot that was not used. */
const unusedRestMs = 30_000;
/** Rest after the first optimistic slot that was not repaid. */
const unpaidRestMs = 600_000;
const maxRestMs = 3_600_000;

interface Past {
  readonly lastSlotMs: number;
  readonly unusedUntilMs: number;
  readonly unpaidUntilMs: number;
  readonly unpaidRests: number;
  /** Time in slots that ended early and unpaid. */
  readonly unpaidMs: number;
}

const noPast: Past = {
  lastSlotMs: -Infinity,
  unusedUntilMs: -Infinity,
  unpaidUntilMs: -Infinity,
  unpaidRests: 0,
  unpaidMs: 0,
};

/** The use of past slots by each subscriber, its closed connections included. */
export class SlotMemory {
  readonly #pasts = new LazyMap<string, Past>();

  get size(): number {
    return this.#pasts.size;
  }

  lastSlotMs(subscriber: string): number {
    return this.#past(subscriber).lastSlotMs;
  }

  /** @param isReciprocal Whether peers are expected to give; a seed expects nothing. */
  isResting(subscriber: string, nowMs: number, isReciprocal: boolean): boolean {
    const { unpaidUntilMs, unusedUntilMs } = this.#past(subscriber);
    return nowMs < unusedUntilMs || (isReciprocal && nowMs < unpaidUntilMs);
  }

  noteSlot(subscriber: string, nowMs: number): void {
    this.#keep(subscriber, { ...this.#past(subscriber), lastSlotMs: nowMs });
  }

  /** The peer requested nothing. */
  noteUnused(subscriber: string, nowMs: number): void {
    this.#keep(subscriber, { ...this.#past(subscriber), unusedUntilMs: nowMs + unusedRestMs });
  }

  /**
   * The peer took blocks in an optimistic slot and gave none. Once its unpaid slots add up to the time of an optimistic
   * slot, the peer rests, each time twice as long.
   */
  noteUnpaid(subscriber: string, heldMs: number, nowMs: number): void {
    const past = this.#past(subscriber);
    const unpaidMs = past.unpaidMs + heldMs;
    if (!isOptimisticOver(0, unpaidMs)) return this.#keep(subscriber, { ...past, unpaidMs });
    const restMs = Math.min(unpaidRestMs * 2 ** past.unpaidRests, maxRestMs);
    const unpaidRests = past.unpaidRests + 1;
    this.#keep(subscriber, { ...past, unpaidRests, unpaidMs: 0, unpaidUntilMs: nowMs + restMs });
  }

  notePaid(subscriber: string): void {
    const past = this.#pasts.get(subscriber);
    if (past !== undefined && (past.unpaidRests > 0 || past.unpaidMs > 0))
      this.#keep(subscriber, { ...noPast, lastSlotMs: past.lastSlotMs });
  }

  #past(subscriber: string): Past {
    return this.#pasts.get(subscriber) ?? noPast;
  }

  #keep(subscriber: string, past: Past): void {
    this.#pasts.delete(subscriber);
    this.#pasts.set(subscriber, past);
    const [oldest] = this.#pasts.keys();
    if (this.#pasts.size > mostRemembered && oldest !== undefined) this.#pasts.delete(oldest);
  }
}
