// What all members of one supervision tree share.

import type { ActorCore } from "../actor-core.ts";
import type { SupervisorEvents } from "../supervisor-spec.ts";
import type { HeartbeatMonitor } from "./heartbeat-monitor.ts";
import type { TreeLinks } from "./tree-links.ts";
import type { Member } from "./member.ts";

/** One running tree: its owner, and the services that every line of it uses. */
export interface Tree {
  /** The actor that supervises; its ports tell the time, its host starts the children. */
  readonly owner: ActorCore;
  readonly events: SupervisorEvents;
  readonly links: TreeLinks;
  readonly monitor: HeartbeatMonitor;
}

/** Told when something under a supervisor ended without being asked to. `isOrderly`: it ended by itself, without error. */
export type MemberEnded = (member: Member, error: unknown, isOrderly: boolean) => void;

/** Resolves in a later turn of the owner's thread: never within one of its handlers. */
export function nextTurn(tree: Tree): Promise<void> {
  return new Promise((resolve) => tree.owner.ports.timers.soon(resolve));
}

/** Whether `promise` settles within `limitMs` of the tree's time. A rejection counts as settled. */
export function settlesWithin(
  tree: Tree,
  limitMs: number,
  promise: Promise<unknown>,
): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = tree.owner.ports.timers.after(limitMs, () => resolve(false));
    const settled = () => {
      timer.cancel();
      resolve(true);
    };
    promise.then(settled, settled);
  });
}
