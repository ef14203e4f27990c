import type { Timers } from "@troupe/actor-runtime";
import type { ThreadWindow } from "../measures/measures.ts";
import type { WindowCut } from "../measures/run-measures.ts";

/** Encodes windows and sends them, in order: one histogram a turn, so that a window delays no intent. */
export class WindowSender {
  readonly #timers: Pick<Timers, "soon">;
  readonly #send: (window: ThreadWindow) => void;
  /** The first is being encoded. */
  readonly #cuts: WindowCut[] = [];
  #drained: (() => void)[] = [];

  constructor(timers: Pick<Timers, "soon">, send: (window: ThreadWindow) => void) {
    this.#timers = timers;
    this.#send = send;
  }

  add(cut: WindowCut): void {
    this.#cuts.push(cut);
    if (this.#cuts.length === 1) this.#timers.soon(() => this.#step());
  }

  /** Resolves when every window was sent. */
  drained(): Promise<void> {
    if (this.#cuts.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained.push(resolve);
    });
  }

  #step(): void {
    const [cut] = this.#cuts;
    if (cut === undefined) return;
    if (!cut.step()) {
      this.#cuts.shift();
      this.#send(cut.finish());
    }
    if (this.#cuts.length > 0) this.#timers.soon(() => this.#step());
    else for (const resolve of this.#drained.splice(0)) resolve();
  }
}
