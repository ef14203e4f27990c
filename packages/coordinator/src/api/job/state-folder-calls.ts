import { resolve } from "node:path";
import { ConcurrencyLimit } from "../../concurrency-limit.ts";

/**
 * Disk calls to a state folder at once; further ones wait. Each takes a thread of the system's pool until the disk answers, and
 * the pool may have four: a password check needs one.
 */
const callsAtOnce = 3;

/** By folder. A program has few. */
const limits = new Map<string, ConcurrencyLimit>();

/** The turns of this program's disk calls to a state folder. */
export function stateFolderCalls(stateDirectory: string): ConcurrencyLimit {
  const folder = resolve(stateDirectory);
  const limit = limits.get(folder) ?? new ConcurrencyLimit(callsAtOnce);
  limits.set(folder, limit);
  return limit;
}
