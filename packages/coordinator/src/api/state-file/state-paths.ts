// The files of a state folder that an export has, by their paths in it.

import { join } from "node:path";
import { databaseFile } from "../../state-database.ts";
import { savedFilterFile } from "../ip-filter/saved-filter.ts";

/** The lock of a service's folder, in the state folder. */
export const serviceLockFile: string = join("service", "lock");

/** Folders in folders; an export has none below. */
const deepest = 4;

/**
 * Whether an export has a file. It has the rows of the database instead of its file; a lock and a file that was left half
 * written belong to a run.
 *
 * @param name Parts joined by `/`.
 */
export function isExported(name: string): boolean {
  const parts = name.split("/");
  if (parts.length > deepest || !parts.every((part) => /^[\w~+-][\w.~+-]*$/.test(part)))
    return false;
  if (name.startsWith(databaseFile) || name === "service/lock") return false;
  // The importing program fetches the list again.
  if (name === savedFilterFile) return false;
  return !name.endsWith(".tmp");
}
