import type { ActorStatus } from "../supervisor-spec.ts";
import type { LinkLoads } from "./tree-links.ts";

/** A running line of the tree: an actor, a pool or a supervisor. */
export interface Member {
  readonly name: string;
  /** On demand and not wanted now: no code of it runs. */
  readonly isAsleep: boolean;
  /** Starts or restarts the member. Rejects with `start-failed`, or when a stop came first. */
  start(): Promise<void>;
  /**
   * Stops in order, by force after the time limit. Never rejects: a member that does not end is listed as abandoned.
   */
  stop(): Promise<void>;
  /** Ends it at once. Resolves when none of its code runs any more, which may be never. */
  terminate(): Promise<void>;
  status(loads: LinkLoads): Promise<ActorStatus>;
}
