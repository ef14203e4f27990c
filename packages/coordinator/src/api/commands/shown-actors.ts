import type { ActorStatus } from "@troupe/actor-runtime";
import type { CommandResults } from "@troupe/control/commands";

/** The lines of a supervision tree, each with its level. */
export function shownActors(
  { children = [], ...line }: ActorStatus,
  level = 0,
): CommandResults["actors"] {
  return [{ level, ...line }, ...children.flatMap((child) => shownActors(child, level + 1))];
}
