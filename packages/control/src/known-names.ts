// Refuses misspelt names of commands, events and options, for callers without types.

import { suggestion } from "@troupe/protocol/text";
import { TroupeError } from "./troupe-error.ts";

const codes = {
  command: "command-unknown",
  event: "event-unknown",
  option: "option-unknown",
} as const;
/** Characters of a wrong name that are compared with the known names. */
const longestCompared = 60;

/** @throws TroupeError `option-unknown`, `event-unknown` or `command-unknown`; the message lists the known names, and may name the nearest. */
export function refuseUnknownNames(
  kind: keyof typeof codes,
  given: readonly string[],
  known: readonly string[],
): void {
  if (given.some((each) => !known.includes(each))) throw unknownNameError(kind, given, known);
}

/** The error of the first name that is not known. */
export function unknownNameError(
  kind: keyof typeof codes,
  given: readonly string[],
  known: readonly string[],
): TroupeError {
  const name = given.find((each) => !known.includes(each)) ?? "";
  const meant = suggestion(name.slice(0, longestCompared), known);
  const message = `there is no ${kind} ${JSON.stringify(name)}; there are ${known.join(", ") || "none"}${meant}`;
  return new TroupeError(codes[kind], message, { details: { [kind]: name, allowed: known } });
}
