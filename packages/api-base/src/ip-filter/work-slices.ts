import { eventLoopTurn, type Clock } from "@troupe/actor-runtime";

/** A fifth of the delay that an event loop may have. */
const sliceMs = 4;

/** Divides long work of a thread, so that its event loop turns every few milliseconds. */
export class WorkSlices {
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  #beganMs: number;

  constructor(clock: Clock, signal: AbortSignal | undefined) {
    this.#clock = clock;
    this.#signal = signal;
    this.#beganMs = clock.nowMs();
  }

  /** Lets the event loop turn if the slice is over. @throws the reason of the signal. */
  async rest(): Promise<void> {
    if (this.#clock.nowMs() - this.#beganMs < sliceMs) return;
    await eventLoopTurn();
    this.#signal?.throwIfAborted();
    this.#beganMs = this.#clock.nowMs();
  }

  /** Runs a generator whose steps are short. */
  async run<Outcome>(work: Generator<void, Outcome>): Promise<Outcome> {
    for (;;) {
      const { done, value } = work.next();
      if (done === true) return value;
      // oxlint-disable-next-line no-await-in-loop
      await this.rest();
    }
  }
}
