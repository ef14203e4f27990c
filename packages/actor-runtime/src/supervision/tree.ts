import type { ActorCore } from "../actor/actor-core.ts";
import type { ActorStatus, SupervisorEvents } from "../supervisor-spec.ts";
import type { HeartbeatMonitor } from "./heartbeat-monitor.ts";
import type { LinkLoads, TreeLinks } from "./tree-links.ts";

/** Services of a running tree. */
export interface Tree {
  readonly owner: ActorCore;
  readonly events: SupervisorEvents;
  readonly links: TreeLinks;
  readonly monitor: HeartbeatMonitor;
}

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

/** Called when a member ended unasked. `isOrderly`: without an error. */
export type MemberEnded = (member: Member, error: unknown, isOrderly: boolean) => void;
