// A clock that a test moves by hand, and the timers that go by it.

import type { Ports, Timer } from "../../src/index.ts";

interface Planned {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** Ports without a system: time stands still until it is moved, chance is constant, the rest refuses. */
export class ManualTime {
  nowMs = 0;
  #planned: Planned[] = [];
  #order = 0;

  readonly ports: Ports = {
    clock: { nowMs: () => this.nowMs, epochMs: () => this.nowMs },
    timers: {
      after: (delayMs, task) => this.#plan(this.nowMs + delayMs, task),
      every: (periodMs, task) => this.#every(periodMs, task),
      soon: (task) => void this.#plan(this.nowMs, task),
    },
    random: {
      next: () => 0,
      integer: () => 0,
      bytes: (lengthBytes) => new Uint8Array(lengthBytes),
    },
    sockets: { dial: () => refuse(), listen: () => refuse() },
    http: { get: () => refuse() },
    names: { resolve: () => refuse() },
    folders: { look: () => refuse(), stuck: [] },
    disk: new Proxy({} as Ports["disk"], { get: () => refuse }),
    sha1: () => refuse(),
  };

  /** Runs what is due until `forMs` from now, and lets promises settle after each task. */
  async advance(forMs: number): Promise<void> {
    const untilMs = this.nowMs + forMs;
    await promisesSettled();
    for (;;) {
      const next = this.#next(untilMs);
      if (next === undefined) break;
      this.#planned = this.#planned.filter((planned) => planned !== next);
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      next.task();
      await promisesSettled();
    }
    this.nowMs = untilMs;
  }

  /** Runs what is due now. */
  settle(): Promise<void> {
    return this.advance(0);
  }

  /** Time passes while the whole process stands: timers notice afterwards. */
  freeze(forMs: number): void {
    this.nowMs += forMs;
  }

  get pendingTimers(): number {
    return this.#planned.length;
  }

  #next(untilMs: number): Planned | undefined {
    return this.#planned
      .filter(({ dueMs }) => dueMs <= untilMs)
      .toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }

  #plan(dueMs: number, task: () => void): Timer {
    this.#order += 1;
    const planned: Planned = { dueMs, order: this.#order, task };
    this.#planned.push(planned);
    return {
      cancel: () => {
        this.#planned = this.#planned.filter((other) => other !== planned);
      },
    };
  }

  #every(periodMs: number, task: () => void): Timer {
    let timer: Timer;
    const next = () => {
      timer = this.#plan(this.nowMs + periodMs, () => {
        next();
        task();
      });
    };
    next();
    return { cancel: () => timer.cancel() };
  }
}

function refuse(): never {
  throw new Error("not in this test");
}

/** Promise reactions run before the next turn of the real event loop. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
