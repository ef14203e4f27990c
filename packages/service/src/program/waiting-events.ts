import type { EventBatch, ServiceNote } from "../service.messages.ts";

/** Events that wait for the actor `http`, as many as it keeps. At the bound all are dropped, and its readers get a reset. */
const mostWaiting = 10_000;

/** Events on their way to the actor `http`. */
export class WaitingEvents {
  #events: ServiceNote[] = [];
  #areMissing = false;

  push(event: ServiceNote): void {
    if (this.#events.length >= mostWaiting) {
      this.#events = [];
      this.#areMissing = true;
    }
    this.#events.push(event);
  }

  /** @returns The events since the last call; undefined where there are none. */
  take(): EventBatch | undefined {
    if (this.#events.length === 0) return undefined;
    const batch = { events: this.#events, areMissing: this.#areMissing };
    this.#events = [];
    this.#areMissing = false;
    return batch;
  }
}
