import { codeOf } from "@troupe/actor-runtime";

/** Whether a call failed because the actor is not running. */
export function isGone(error: unknown): boolean {
  return codeOf(error) === "actor-gone";
}
