// The callers of commands, and their rights.

import { TroupeError, type Right } from "@troupe/control";

/** The program or person for whom a command runs. */
export interface Caller {
  readonly right: Right;
  /** Absolute folders. A caller that is not local names folders in them and below them; without any, no folder. */
  readonly roots?: readonly string[];
}

const order: readonly Right[] = ["read", "control", "local"];

/**
 * Refuses a caller without a right.
 *
 * @param row The row of the table that needs the right, for the message: `command "add"`.
 * @throws TroupeError `not-permitted`
 */
export function requireRight({ right }: Caller, row: string, needed: Right): void {
  if (order.indexOf(right) >= order.indexOf(needed)) return;
  const message = `${row} needs the right ${needed}; the caller has the right ${right}`;
  throw new TroupeError("not-permitted", message, { details: { row, needed, right } });
}

/** Whether a caller is not the program of this engine. Such a caller may name fewer paths and hosts. */
export function isElsewhere({ right }: Caller): boolean {
  return right !== "local";
}
