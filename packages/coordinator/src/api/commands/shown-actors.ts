import type { ActorStatus } from "@troupe/actor-runtime";
import { withoutSecrets } from "@troupe/control";
import type { CommandResults } from "@troupe/control/commands";

/** The lines of a supervision tree, each with its level. */
export function shownActors(
  { children = [], lastError, ...line }: ActorStatus,
  level = 0,
): CommandResults["actors"] {
  const error = lastError === undefined ? {} : { lastError: withoutSecrets(lastError) };
  return [
    { level, ...line, ...error },
    ...children.flatMap((child) => shownActors(child, level + 1)),
  ];
}
