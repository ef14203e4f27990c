// The paths in a value, found by its gate.

import { passes } from "./check-gate.ts";
import type { Gate } from "./gate.ts";

/** Gives the path that takes the place of another. */
type ReplacePath = (path: string, of: "file" | "folder") => Promise<string>;

/**
 * Replaces each path in a value, one after the other.
 *
 * @param value Passes the gate; null stands for no value.
 * @returns The value itself if its gate has no path.
 * @throws rejects as `replace` does.
 */
export async function mapPaths(gate: Gate, value: unknown, replace: ReplacePath): Promise<unknown> {
  if (value === null || !hasPath(gate)) return value;
  switch (gate.kind) {
    case "path":
      return await replace(value as string, gate.of);
    case "list":
      return await mapEach(value as readonly unknown[], gate.of, replace);
    case "record":
      return await mapFields(value, (field) => gate.fields[field], replace);
    case "map":
      return await mapFields(value, () => gate.of, replace);
    case "either": {
      const choice = gate.of.find((each) => passes(each, value));
      return choice === undefined ? value : await mapPaths(choice, value, replace);
    }
    default:
      return value;
  }
}

/** Whether values of a gate may have a path in them. */
function hasPath(gate: Gate): boolean {
  switch (gate.kind) {
    case "path":
      return true;
    case "list":
    case "map":
      return hasPath(gate.of);
    case "record":
      return Object.values(gate.fields).some(hasPath);
    case "either":
      return gate.of.some(hasPath);
    default:
      return false;
  }
}

async function mapEach(
  items: readonly unknown[],
  gate: Gate,
  replace: ReplacePath,
): Promise<readonly unknown[]> {
  const mapped: unknown[] = [];
  for (const item of items) mapped.push(await mapPaths(gate, item, replace));
  return mapped;
}

/** Maps the fields of an object. The result is made from entries, because a name may be `__proto__`. */
async function mapFields(
  value: unknown,
  gateOf: (field: string) => Gate | undefined,
  replace: ReplacePath,
): Promise<object> {
  const mapped: [string, unknown][] = [];
  for (const [field, item] of Object.entries(value as object)) {
    const gate = gateOf(field);
    mapped.push([field, gate === undefined ? item : await mapPaths(gate, item, replace)]);
  }
  return Object.fromEntries(mapped);
}
