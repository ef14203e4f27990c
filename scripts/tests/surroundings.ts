// State that the tests of a process share beside modules. A test file that changes it is named.

import { setImmediate } from "node:timers/promises";

/** The shared state at one moment. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly umask: number;
  readonly globals: ReadonlyMap<string, unknown>;
  readonly listeners: string;
  readonly handles: number;
}

/** Turns of the event loop in which handles that are being closed may go. */
const turns = 50;

/** The state now. */
export function surroundings(): Surroundings {
  return {
    environment: { ...process.env },
    folder: process.cwd(),
    umask: process.umask(),
    globals: globals(),
    listeners: listeners(),
    handles: handles(),
  };
}

/** Names of what differs from an earlier state. */
export async function differences(before: Surroundings): Promise<string[]> {
  for (let turn = 0; turn < turns && handles() > before.handles; turn++) await setImmediate();
  const now = surroundings();
  const changed = [...now.globals].some(
    ([name, value]) => before.globals.has(name) && !Object.is(before.globals.get(name), value),
  );
  const differs = {
    folder: now.folder !== before.folder,
    umask: now.umask !== before.umask,
    globals: changed || [...now.globals.keys()].some((name) => !before.globals.has(name)),
    listeners: now.listeners !== before.listeners,
    handles: now.handles > before.handles,
  };
  return [
    ...changedVariables(before.environment, now.environment),
    ...Object.entries(differs).flatMap(([name, isSo]) => (isSo ? [name] : [])),
  ];
}

/** Names of the variables that differ between two environments, as `environment NAME`. */
export function changedVariables(
  before: Surroundings["environment"],
  now: Surroundings["environment"],
): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names]
    .filter((name) => before[name] !== now[name])
    .map((name) => `environment ${name}`);
}

/** Plain properties of the global object; those that Node fills in at their first use are left out. */
function globals(): ReadonlyMap<string, unknown> {
  const all = Object.entries(Object.getOwnPropertyDescriptors(globalThis));
  const lazy = firstGlobals;
  return new Map(
    all.flatMap(([name, { value }]) =>
      value === undefined || lazy.has(name) ? [] : [[name, value as unknown]],
    ),
  );
}

const firstGlobals: ReadonlySet<string> = new Set(
  Object.entries(Object.getOwnPropertyDescriptors(globalThis)).flatMap(([name, property]) =>
    property.get === undefined ? [] : [name],
  ),
);

function listeners(): string {
  const counts = process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
  // ava's own, and that of a signal's handler, which Node adds by itself.
  return JSON.stringify(
    counts.filter(([name]) => name !== "beforeExit" && name !== "newListener").toSorted(),
  );
}

function handles(): number {
  const ours = process.getActiveResourcesInfo();
  return ours.filter((name) => !/^(?:Immediate|TTYWrap|PipeWrap|TickObject)$/.test(name)).length;
}
