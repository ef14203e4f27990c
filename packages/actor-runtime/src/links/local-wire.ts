import { decodeFrame, encodeFrame, type EncodedFrame } from "./frame-codec.ts";
import type { Frame, Wire } from "./wire.ts";

/** Runs `task` in a later turn. */
export type Schedule = (task: () => void) => void;

/**
 * A wire within a thread. Encodes frames as between threads, so that messages are copies and follow the same rules.
 * Frames arrive in order, whatever order `schedule` runs its tasks in; each takes one task of `schedule`, and each
 * `soon` another.
 */
export function localWire(schedule: Schedule): readonly [Wire, Wire] {
  const a = new LocalEnd(schedule);
  const b = new LocalEnd(schedule);
  a.other = b;
  b.other = a;
  return [a, b];
}

class LocalEnd implements Wire {
  readonly soon: Schedule;
  other: LocalEnd | undefined;
  #arrived: EncodedFrame[] = [];
  #onFrame: ((frame: Frame) => void) | undefined;
  #isClosed = false;

  constructor(schedule: Schedule) {
    this.soon = schedule;
  }

  send(frame: Frame): void {
    const other = this.other;
    if (other === undefined || this.#isClosed || other.#isClosed) return;
    other.#arrived.push(encodeFrame(frame));
    this.soon(() => other.#deliverOne());
  }

  open(onFrame: (frame: Frame) => void): void {
    this.#onFrame = onFrame;
    for (let waiting = this.#arrived.length; waiting > 0; waiting -= 1) {
      this.soon(() => this.#deliverOne());
    }
  }

  drain(): void {
    while (this.#arrived.length > 0 && this.#onFrame !== undefined) this.#deliverOne();
  }

  close(): void {
    this.#isClosed = true;
    this.#arrived = [];
  }

  /** Oldest first; a spare task does nothing. */
  #deliverOne(): void {
    if (this.#onFrame === undefined || this.#isClosed) return;
    const encoded = this.#arrived.shift();
    if (encoded !== undefined) this.#onFrame(decodeFrame(encoded));
  }
}
