// Keeps what the display shows of the workers of one engine.

import type { ActorStatus, CoordinatorPort } from "../engine-port.ts";
import { workersOf } from "../display/worker-line.ts";
import type { WorkerView } from "../display/worker-line.ts";

/** Watches the workers of one engine. */
export class WorkerWatch {
  readonly #engine: Pick<CoordinatorPort, "actors">;
  readonly #label: string | undefined;
  #status: ActorStatus | undefined;
  #isAsking = false;

  constructor(engine: Pick<CoordinatorPort, "actors">, label?: string) {
    this.#engine = engine;
    this.#label = label;
  }

  /** Asks how they are. Nobody waits for the answer: it shows in later views. */
  async poll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#status = await this.#engine.actors();
    } catch {
      // The engine is being closed: nobody is missed any more.
      this.#status = undefined;
    } finally {
      this.#isAsking = false;
    }
  }

  /** As of the last answer. */
  views(): WorkerView[] {
    return this.#status === undefined ? [] : workersOf(this.#status, this.#label);
  }
}
