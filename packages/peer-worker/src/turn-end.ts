// Defers flushes and new requests to the end of the turn, so that many causes have a single effect.

import type { Timers } from "@troupe/actor-runtime";

/** Holds gathered messages. */
interface Flushable {
  flush(): void;
}

/** Gathers work for the end of the turn. */
export class TurnEnd {
  readonly #timers: Pick<Timers, "soon">;
  readonly #wake: () => void;
  #toFlush: Flushable[] = [];
  #mustWake = false;
  #isScheduled = false;

  /** @param wake Lets every peer request the blocks it wants. */
  constructor(timers: Pick<Timers, "soon">, wake: () => void) {
    this.#timers = timers;
    this.#wake = wake;
  }

  /** Call it once between two flushes of the same object. */
  flushLater(flushable: Flushable): void {
    this.#toFlush.push(flushable);
    this.#schedule();
  }

  /** Blocks, leases or memory have become free. */
  wakeLater(): void {
    this.#mustWake = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#timers.soon(() => this.#run());
  }

  #run(): void {
    if (this.#mustWake) {
      this.#mustWake = false;
      this.#wake();
    }
    const toFlush = this.#toFlush;
    this.#toFlush = [];
    // Only now, because the wake's own messages join the list.
    this.#isScheduled = false;
    for (const flushable of toFlush) flushable.flush();
    if (this.#mustWake) this.#schedule();
  }
}
