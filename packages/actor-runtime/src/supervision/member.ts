// What a supervisor needs of the things under it: actors, pools and further supervisors alike.

import type { ActorStatus } from "../supervisor-spec.ts";
import type { LinkLoads } from "./tree-links.ts";

/** One line of the tree, running. */
export interface Member {
  readonly name: string;
  /** On demand, and not wanted now: nothing of it runs. */
  readonly isAsleep: boolean;
  /** Starts it, again if need be. Rejects with `start-failed`, or when it was stopped meanwhile. */
  start(): Promise<void>;
  /** Ends it in order, by force after its time. Never rejects: what will not die is listed as abandoned. */
  stop(): Promise<void>;
  /** Ends it at once. Resolves when nothing of it runs any more, which may be never. */
  terminate(): Promise<void>;
  status(loads: LinkLoads): Promise<ActorStatus>;
}
