import type { ChildSpec, SupervisorSpec } from "../../../src/supervisor-spec.ts";

/** A tree of one actor, which is not restarted: its first crash fails the tree. */
export function soleActor(
  actor: Pick<ChildSpec, "name" | "role" | "entry" | "options" | "isOnDemand" | "mayBeSilent">,
): SupervisorSpec {
  return {
    kind: "supervisor",
    name: "test",
    maxRestarts: 0,
    withinMs: 1_000,
    children: [{ kind: "actor", restart: "permanent", shutdownMs: 5_000, ...actor }],
  };
}
