// Everything that the peers of a group do later, in one queue with one timer.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";

/** Does something when it is due. */
interface DueTask {
  due(): void;
}

interface Entry {
  readonly atMs: number;
  readonly sequence: number;
  readonly task: DueTask;
}

/** A queue ordered by time; tasks of the same time keep their order. */
export class DueQueue {
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** A binary heap. */
  readonly #heap: Entry[] = [];
  #sequence = 0;
  #timer: Timer | undefined;
  #timerMs = Infinity;

  constructor({ clock, timers }: { readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** @param atMs By the clock. */
  add(atMs: number, task: DueTask): void {
    const entry: Entry = { atMs, sequence: this.#sequence++, task };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    if (atMs < this.#timerMs) this.#wait();
  }

  clear(): void {
    this.#heap.length = 0;
    this.#timer?.cancel();
    this.#timerMs = Infinity;
  }

  #wait(): void {
    this.#timer?.cancel();
    const first = this.#heap[0];
    this.#timerMs = first?.atMs ?? Infinity;
    if (first === undefined) return;
    const delayMs = Math.max(0, first.atMs - this.#clock.nowMs());
    this.#timer = this.#timers.after(delayMs, () => this.#run());
  }

  #run(): void {
    // Tasks may add tasks: they set no timer before the loop has ended.
    this.#timerMs = -Infinity;
    const nowMs = this.#clock.nowMs();
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > nowMs) break;
      this.#removeFirst();
      first.task.due();
    }
    this.#wait();
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfLater(above, at)) return;
      at = above;
    }
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const least = right < this.#heap.length && this.#isLater(left, right) ? right : left;
      if (least >= this.#heap.length || !this.#swapIfLater(at, least)) return;
      at = least;
    }
  }

  #swapIfLater(one: number, other: number): boolean {
    if (!this.#isLater(one, other)) return false;
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return false;
    this.#heap[one] = b;
    this.#heap[other] = a;
    return true;
  }

  #isLater(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.atMs > b.atMs || (a.atMs === b.atMs && a.sequence > b.sequence);
  }
}
