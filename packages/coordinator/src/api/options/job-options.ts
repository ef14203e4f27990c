// What a job in a folder is created or loaded with.

import type { AddOptions } from "./add-options.ts";
import type { Coordinator } from "../coordinator.ts";
import type { CoordinatorOptions } from "./options.ts";

/** Settings of the job, and of the engine that is started for it. */
export interface JobOptions
  extends Omit<AddOptions, "directory" | "checkOnly">, Omit<CoordinatorOptions, "directory"> {
  /** The engine that runs it. Default: one of its own, which ends with `torrent.close()`. */
  readonly coordinator?: Coordinator;
}
