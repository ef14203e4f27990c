// Refuses misspelt names of options and events, for callers without types.

import { refuseUnknownNames, TroupeError } from "@troupe/control";

/** A set of names that is complete for its type. */
export type Names<Name extends PropertyKey> = Readonly<Record<Name, true>>;

/** @throws TroupeError `option-unknown` for an unknown name, `option-out-of-range` for a value that is not an object. */
export function refuseUnknownOptions(options: unknown, known: Names<string>): void {
  if (typeof options !== "object" || options === null) {
    throw new TroupeError("option-out-of-range", "the options are no object", {
      details: { seen: String(options) },
    });
  }
  refuseUnknownNames("option", Object.keys(options), Object.keys(known));
}

/** @throws TroupeError `event-unknown` */
export function refuseUnknownEvent(name: string, known: Names<string>): void {
  refuseUnknownNames("event", [name], Object.keys(known));
}
