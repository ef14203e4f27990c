import type { PublicPort } from "@troupe/messages";
import type { WorkerEvent } from "../actor-tree.ts";

/**
 * The port that peers connect to has changed: a gateway maps the port that the engine listens on, or has lost the
 * mapping. `port` is the port to connect to.
 */
export type ListeningEvent = PublicPort;

/** The events of a coordinator by name. */
export interface CoordinatorEvents {
  readonly listening: ListeningEvent;
  readonly worker: WorkerEvent;
}
