// Everything that the peers of a group do later, in one queue with one timer.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";
import { EventQueue } from "@troupe/actor-runtime/event-queue";

/** Does something when it is due. */
interface DueTask {
  due(): void;
}

/** A queue ordered by time; tasks of the same time keep their order. */
export class DueQueue {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #tasks = new EventQueue<DueTask>();
  #sequence = 0;
  #timer: Timer | undefined;
  #timerMs = Infinity;

  constructor({ clock, timers }: { readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** @param atMs By the clock. */
  add(atMs: number, task: DueTask): void {
    this.#tasks.add({ timeMs: atMs, sequence: this.#sequence++, task });
    if (atMs < this.#timerMs) this.#wait();
  }

  clear(): void {
    this.#tasks.clear();
    this.#timer?.cancel();
    this.#timerMs = Infinity;
  }

  #wait(): void {
    this.#timer?.cancel();
    const first = this.#tasks.peek();
    this.#timerMs = first?.timeMs ?? Infinity;
    if (first === undefined) return;
    const delayMs = Math.max(0, first.timeMs - this.#clock.nowMs());
    this.#timer = this.#timers.after(delayMs, () => this.#run());
  }

  #run(): void {
    // Tasks may add tasks: they set no timer before the loop has ended.
    this.#timerMs = -Infinity;
    const nowMs = this.#clock.nowMs();
    for (;;) {
      const first = this.#tasks.peek();
      if (first === undefined || first.timeMs > nowMs) break;
      this.#tasks.take();
      first.task?.due();
    }
    this.#wait();
  }
}
