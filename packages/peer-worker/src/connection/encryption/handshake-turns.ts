// Turns of the work that encrypted handshakes are, so that a flood of them leaves the thread to payload.

import type { Clock, Timers } from "@troupe/actor-runtime";

/** Works that wait; a further one is refused at once. */
export const mostWaitingTurns = 200;
/** A work that waited for so long is refused. */
export const longestTurnWaitMs = 10_000;
/** While payload waits, handshakes get this part of the time. */
const shareBesidePayload = 0.05;
/** Works in one turn of the event loop, without payload. */
const turnMs = 2;

interface Waiting {
  readonly sinceMs: number;
  readonly run: () => void;
  readonly refuse: () => void;
}

interface TurnPorts {
  readonly clock: Pick<Clock, "nowMs">;
  readonly timers: Pick<Timers, "after" | "soon">;
}

/** Runs works in order, each a fraction of a millisecond. */
export class HandshakeTurns {
  readonly #ports: TurnPorts;
  readonly #hasPayload: () => boolean;
  #waiting: Waiting[] = [];
  #isPlanned = false;
  /** Payload has the time until then. */
  #restsUntilMs = 0;

  /** @param hasPayload Whether payload has moved lately. */
  constructor(ports: TurnPorts, hasPayload: () => boolean) {
    this.#ports = ports;
    this.#hasPayload = hasPayload;
  }

  /**
   * Runs a work in a turn of its own, or refuses it.
   * @returns Takes the work back.
   */
  add(run: () => void, refuse: () => void): () => void {
    if (this.#waiting.length >= mostWaitingTurns) {
      refuse();
      return () => undefined;
    }
    const waiting = { sinceMs: this.#ports.clock.nowMs(), run, refuse };
    this.#waiting.push(waiting);
    this.#schedule();
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiting);
    };
  }

  #schedule(): void {
    const { clock, timers } = this.#ports;
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const restMs = this.#restsUntilMs - clock.nowMs();
    const take = (): void => {
      this.#isPlanned = false;
      this.#take();
      if (this.#waiting.length > 0) this.#schedule();
    };
    // A timer of 0 ms is late by one.
    if (restMs > 0) timers.after(restMs, take);
    else timers.soon(take);
  }

  #take(): void {
    const { clock } = this.#ports;
    const begunMs = clock.nowMs();
    this.#refuseLate(begunMs);
    const hasPayload = this.#hasPayload();
    let usedMs = 0;
    do {
      this.#waiting.shift()?.run();
      usedMs = clock.nowMs() - begunMs;
    } while (!hasPayload && usedMs < turnMs && this.#waiting.length > 0);
    if (hasPayload) this.#restsUntilMs = begunMs + usedMs / shareBesidePayload;
  }

  #refuseLate(nowMs: number): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || nowMs - first.sinceMs < longestTurnWaitMs) return;
      this.#waiting.shift();
      first.refuse();
    }
  }
}
