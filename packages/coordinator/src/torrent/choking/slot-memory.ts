/** Remembered subscribers of a torrent; beyond it those without a slot for the longest time are forgotten. */
export const mostRemembered = 2_000;
/** Rest after a slot that was not used. */
const unusedRestMs = 30_000;
/** Rest after the first slot that was not repaid. */
const unpaidRestMs = 600_000;
const maxRestMs = 3_600_000;

interface Past {
  readonly lastSlotMs: number;
  readonly unpaidSlots: number;
  readonly restUntilMs: number;
}

const noPast: Past = { lastSlotMs: -Infinity, unpaidSlots: 0, restUntilMs: -Infinity };

/** What became of the slots of each subscriber, its closed connections included. */
export class SlotMemory {
  readonly #pasts = new Map<string, Past>();

  get size(): number {
    return this.#pasts.size;
  }

  lastSlotMs(subscriber: string): number {
    return this.#past(subscriber).lastSlotMs;
  }

  isResting(subscriber: string, nowMs: number): boolean {
    return nowMs < this.#past(subscriber).restUntilMs;
  }

  noteSlot(subscriber: string, nowMs: number): void {
    this.#keep(subscriber, { ...this.#past(subscriber), lastSlotMs: nowMs });
  }

  /** The peer requested nothing. */
  noteUnused(subscriber: string, nowMs: number): void {
    this.#keep(subscriber, { ...this.#past(subscriber), restUntilMs: nowMs + unusedRestMs });
  }

  /** It took blocks for its optimistic slot and gave none: each time it rests twice as long. */
  noteUnpaid(subscriber: string, nowMs: number): void {
    const past = this.#past(subscriber);
    const restMs = Math.min(unpaidRestMs * 2 ** past.unpaidSlots, maxRestMs);
    const unpaidSlots = past.unpaidSlots + 1;
    this.#keep(subscriber, { ...past, unpaidSlots, restUntilMs: nowMs + restMs });
  }

  notePaid(subscriber: string): void {
    const past = this.#pasts.get(subscriber);
    if (past !== undefined && past.unpaidSlots > 0)
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
