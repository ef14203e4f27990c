import type { ActorCore } from "../actor-core.ts";
import type { SupervisorEvents } from "../supervisor-spec.ts";
import type { HeartbeatMonitor } from "./heartbeat-monitor.ts";
import type { TreeLinks } from "./tree-links.ts";
import type { Member } from "./member.ts";

/** Services of a running tree. */
export interface Tree {
  readonly owner: ActorCore;
  readonly events: SupervisorEvents;
  readonly links: TreeLinks;
  readonly monitor: HeartbeatMonitor;
}

/** Called when a member ended unasked. `isOrderly`: without an error. */
export type MemberEnded = (member: Member, error: unknown, isOrderly: boolean) => void;

/** Never within a handler of the owner. */
export function nextTurn(tree: Tree): Promise<void> {
  return new Promise((resolve) => tree.owner.ports.timers.soon(resolve));
}

/** Whether `promise` settles within `limitMs`. A rejection counts. */
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
