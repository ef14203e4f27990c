// The engine as a service needs it beside its commands.

import type { Supervisor } from "@troupe/actor-runtime";
import type { Coordinator } from "../coordinator.ts";
import type { EngineSession } from "../engine-session.ts";
import { sessionOf } from "../session-of.ts";

/** Settings of a running engine. */
interface EngineFacts {
  /** The data folder of torrents that name none, while the setting `directory` is not set. */
  readonly downloadDirectory: string;
  readonly usesDht: boolean;
  readonly usesLocalDiscovery: boolean;
  readonly mapsPort: boolean;
  readonly marksUnfinishedFiles: boolean;
}

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

  /** Settings that do not change while the engine runs, as remotes show them. */
  get facts(): EngineFacts {
    const { options } = this.#session;
    return {
      downloadDirectory: options.directory,
      usesDht: options.dht !== undefined,
      usesLocalDiscovery: options.localDiscovery,
      mapsPort: options.portMapping.length > 0,
      marksUnfinishedFiles: options.fileNames?.partSuffix !== undefined,
    };
  }

  /** Shows a tree beside the engine in `actors()`, and lets the option `chaos` act on its actor. */
  addTree(actor: string, root: Supervisor): void {
    this.#session.actors.addTree({ actor, root });
  }
}
