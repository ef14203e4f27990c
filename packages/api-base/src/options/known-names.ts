// Refuses misspelt names of options and events, for callers without types.

import { TroupeError } from "@troupe/control";

/** A set of names that is complete for its type. */
export type Names<Name extends PropertyKey> = Readonly<Record<Name, true>>;

/** @throws TroupeError `option-unknown` for an unknown name, `option-out-of-range` for a value that is not an object. */
export function refuseUnknownOptions(options: unknown, known: Names<string>): void {
  if (typeof options !== "object" || options === null) {
    throw new TroupeError("option-out-of-range", "the options are no object", {
      details: { seen: String(options) },
    });
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) throw unknown("option-unknown", "option", name, known);
  }
}

/** @throws TroupeError `event-unknown` */
export function refuseUnknownEvent(name: string, known: Names<string>): void {
  if (!Object.hasOwn(known, name)) throw unknown("event-unknown", "event", name, known);
}

/** The options with one of these names. */
export function pickOptions(options: object, names: Names<string>): object {
  const known = Object.entries(options).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(known);
}

function unknown(code: string, kind: string, name: string, known: Names<string>): TroupeError {
  const allowed = Object.keys(known);
  const message = `there is no ${kind} ${JSON.stringify(name)}; there are ${allowed.join(", ")}`;
  return new TroupeError(code, message, { details: { [kind]: name, allowed } });
}
