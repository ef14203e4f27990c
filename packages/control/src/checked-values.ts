// Checks of options and arguments.

import { TroupeError } from "./troupe-error.ts";

/** Characters of a wrong value that an error shows. */
const longestShown = 100;

/** @throws TroupeError `option-out-of-range` */
export function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw outOfRange(name, spelled(value), `a whole number from ${least} to ${most}`);
}

/** @throws TroupeError `option-out-of-range` */
export function oneOf<Choice extends string>(
  name: string,
  seen: string,
  choices: readonly Choice[],
): Choice {
  const chosen = choices.find((choice) => choice === seen);
  if (chosen === undefined) throw outOfRange(name, seen, choices.join(", "));
  return chosen;
}

/** The error of an option with a wrong value. */
export function outOfRange(name: string, seen: string, allowed: string): TroupeError {
  return new TroupeError(
    "option-out-of-range",
    `option ${name} is ${seen}; allowed is ${allowed}`,
    { details: { option: name, seen, allowed } },
  );
}

/** A value as an error shows it: a string in quotes, so that "0" differs from 0. */
export function spelled(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, longestShown));
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? "a list" : "an object";
  return String(value).slice(0, longestShown);
}
