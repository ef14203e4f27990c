import type { ActorStatus } from "../supervisor-spec.ts";
import type { LinkLoads } from "./tree-links.ts";

/** A running actor, pool or supervisor of the tree. */
export interface Member {
  readonly name: string;
  /** On demand and not wanted now. */
  readonly isAsleep: boolean;
  /** Rejects with `start-failed`, or when a stop came first. */
  start(): Promise<void>;
  /** In order, by force after the time limit. Never rejects: a member that does not end is listed as abandoned. */
  stop(): Promise<void>;
  /** Resolves when none of its code runs any more, which may be never. */
  terminate(): Promise<void>;
  status(loads: LinkLoads): Promise<ActorStatus>;
}
