import type { ActorStatus, CoordinatorPort } from "../engine-port.ts";
import { workersOf, type WorkerView } from "../display/worker-line.ts";

/** Keeps the state of an engine's workers for the display. */
export class WorkerWatch {
  readonly #engine: Pick<CoordinatorPort, "actors">;
  readonly #label: string | undefined;
  #status: ActorStatus | undefined;
  #isAsking = false;

  constructor(engine: Pick<CoordinatorPort, "actors">, label?: string) {
    this.#engine = engine;
    this.#label = label;
  }

  /** For later views; callers need not await it. */
  async poll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#status = await this.#engine.actors();
    } catch {
      // A closing engine misses no worker.
      this.#status = undefined;
    } finally {
      this.#isAsking = false;
    }
  }

  views(): WorkerView[] {
    return this.#status === undefined ? [] : workersOf(this.#status, this.#label);
  }
}
