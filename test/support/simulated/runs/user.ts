// A user who cannot leave torrents alone: pauses, stops, starts again, and starts again what has failed.

import { SeededRandom } from "@troupe/actor-runtime/simulated";
import type { SimulatedEngine } from "../engine/engine.ts";
import { leftoversOfStopped } from "../engine/invariants.ts";
import type { SimulatedSwarm } from "../swarm/swarm.ts";

/** One thing that the user does, and undoes after a while. */
export interface Interruption {
  readonly kind: "pause" | "stop";
  readonly fromMs: number;
  readonly forMs: number;
}

/** One to four interruptions in the first half minute, some of them within others. */
export function interruptionsOf(seed: number): readonly Interruption[] {
  const random = new SeededRandom(`interruptions ${seed}`);
  return Array.from({ length: 1 + random.integer(4) }, () => ({
    kind: random.next() < 0.5 ? "pause" : "stop",
    fromMs: random.integer(random.next() < 0.5 ? 3_000 : 30_000),
    forMs: random.integer(random.next() < 0.5 ? 50 : 10_000),
  }));
}

/** Acts on one engine, and notes what it finds left over each time that they were stopped. */
export class SimulatedUser {
  /** Sentences about what was left over. */
  readonly violations: string[] = [];
  readonly #swarm: SimulatedSwarm;
  readonly #engine: SimulatedEngine;
  #isGone = false;
  /** Stops that were not ended by a start yet. */
  #openStops = 0;

  constructor(swarm: SimulatedSwarm, engine: SimulatedEngine) {
    this.#swarm = swarm;
    this.#engine = engine;
  }

  plan(interruptions: readonly Interruption[]): void {
    const { scheduler } = this.#swarm.world;
    for (const { kind, fromMs, forMs } of interruptions) {
      const stops = kind === "stop" ? 1 : 0;
      scheduler.after(fromMs, () => {
        this.#openStops += stops;
        this.#act(() => (kind === "stop" ? void this.#stop() : this.#engine.pause()));
      });
      scheduler.after(fromMs + forMs, () => {
        this.#openStops -= stops;
        this.#act(() => this.#engine.resume());
      });
    }
  }

  /** Whether a start will still follow. */
  get hasStopped(): boolean {
    return this.#openStops > 0;
  }

  /** Starts the torrent again some time after each failure. */
  mend(afterMs: number): void {
    const { scheduler } = this.#swarm.world;
    scheduler.every(afterMs, () => {
      if (this.#engine.jobs.some(({ state }) => state === "error"))
        this.#act(() => this.#engine.resume());
    });
  }

  /** Does nothing more. */
  leave(): void {
    this.#isGone = true;
  }

  /** Without a torrent the engine is being replaced, and its successor is told to start it. */
  #act(action: () => void): void {
    if (!this.#isGone && this.#engine.allJobs.length > 0) action();
  }

  async #stop(): Promise<void> {
    const engine = this.#engine;
    const inside = engine.engine;
    try {
      await engine.stopTorrents();
    } catch {
      // The engine died meanwhile: its successor starts the torrent again.
      return;
    }
    if (engine.engine !== inside || engine.allJobs.some(({ state }) => state !== "stopped")) return;
    this.violations.push(...leftoversOfStopped(engine).map((line) => `in between: ${line}`));
  }
}
