// Lines about an actor: its status, and the fields of its crash in the log.

import { messageOf } from "../errors.ts";
import { breadcrumbWords } from "../limits.ts";
import type { ActorStatus, ChildSpec } from "../supervisor-spec.ts";

/** The sentence about the last crash is cut here. */
const longestError = 1_000;

/** The status of an actor. @param facts `error`: of its last crash; undefined: there was none. */
export function actorStatus(
  { figures, name }: Pick<ChildSpec, "figures" | "name">,
  {
    error,
    ...facts
  }: Pick<ActorStatus, "epoch" | "restarts" | "state"> & { readonly error: unknown },
): ActorStatus {
  return {
    ...{ name, kind: "actor", ...facts, mailbox: 0 },
    ...(error !== undefined && { lastError: messageOf(error).slice(0, longestError) }),
    ...(figures && { figures: figures() }),
  };
}

/** Empty between two inputs. */
export function breadcrumbFields(breadcrumb: Int32Array): {
  readonly breadcrumb?: readonly number[];
} {
  if ((breadcrumb[0] ?? 0) === 0) return {};
  return { breadcrumb: [...breadcrumb.subarray(0, breadcrumbWords)] };
}
