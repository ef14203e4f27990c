// Names that a caller without types may have misspelt: options, and events to listen to.

import type { AddOptions } from "./add-options.ts";
import type { JobOptions } from "./job-options.ts";
import type { CoordinatorOptions } from "./options.ts";
import type { EventName } from "../torrent-services.ts";
import { TroupeError } from "../../troupe-error.ts";

/** A set of names; as a record over a type it cannot miss one. */
type Names<Name extends PropertyKey> = Readonly<Record<Name, true>>;

/** Options of `Coordinator.start`. */
export const coordinatorOptionNames: Names<keyof CoordinatorOptions> = {
  directory: true,
  stateDirectory: true,
  port: true,
  bind: true,
  memory: true,
  peerWorkers: true,
  hashThreads: true,
  maxPeers: true,
  host: true,
  workerUrls: true,
  chaos: true,
  log: true,
  signal: true,
};

/** Options of `coordinator.add`. */
export const addOptionNames: Names<keyof AddOptions> = {
  directory: true,
  trackers: true,
  useTrackers: true,
  peers: true,
  maxPeers: true,
  start: true,
  priorities: true,
  allocation: true,
  sequential: true,
  checkOnly: true,
  seedOnly: true,
  verify: true,
  fromNetwork: true,
  signal: true,
};

const { directory: _ownFolder, ...ownEngineNames } = coordinatorOptionNames;
const { directory: _folder, checkOnly: _checkOnly, ...jobNames } = addOptionNames;

/** Options of `Torrent.create` and `Torrent.load`. */
export const jobOptionNames: Names<keyof JobOptions> = {
  ...ownEngineNames,
  ...jobNames,
  coordinator: true,
};

/** Events of a torrent. */
export const torrentEventNames: Names<EventName> = {
  state: true,
  checking: true,
  progress: true,
  piece: true,
  tracker: true,
  peer: true,
  why: true,
  complete: true,
  warning: true,
  error: true,
  stopped: true,
};

/** Events of a coordinator. */
export const coordinatorEventNames: Names<"worker"> = { worker: true };

/** @throws TroupeError `option-unknown` for a name that is not known, `option-out-of-range` for what is no object. */
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

/** Those of the options that have one of these names. */
export function pickOptions(options: object, names: Names<string>): object {
  const known = Object.entries(options).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(known);
}

function unknown(code: string, kind: string, name: string, known: Names<string>): TroupeError {
  const allowed = Object.keys(known).join(", ");
  return new TroupeError(
    code,
    `there is no ${kind} ${JSON.stringify(name)}; there are ${allowed}`,
    {
      details: { [kind]: name, allowed: Object.keys(known) },
    },
  );
}
