// The engine as a service needs it beside its commands.

import type { Supervisor } from "@troupe/actor-runtime";
import type { Coordinator } from "../coordinator.ts";
import type { EngineSession } from "../engine-session.ts";
import { sessionOf } from "../session-of.ts";

/** An engine that a service lets others use. */
export class ServedEngine {
  readonly #session: EngineSession;

  /** @throws TroupeError `option-out-of-range` for a coordinator that does not run. */
  constructor(coordinator: Coordinator) {
    this.#session = sessionOf(coordinator);
  }

  /** An engine that crashed has no successor with all torrents yet. */
  get isRestarting(): boolean {
    return this.#session.isReviving;
  }

  /** Shows a tree beside the engine in `actors()`, and lets the option `chaos` act on its actor. */
  addTree(actor: string, root: Supervisor): void {
    this.#session.addTree({ actor, root });
  }
}
