// The metadata of many files.

import { lstat, type BigIntStats } from "node:fs";

/** Files whose metadata is asked for at once: a wait for each would take longer than to hash a small file. */
export const factsAtOnce = 256;

/**
 * Metadata, not that of links' targets, or the system's errors, in the order of the paths. A promise for each file would take
 * twice the time.
 *
 * @param paths At most {@link factsAtOnce}.
 */
export function factsOf(paths: readonly string[]): Promise<readonly (BigIntStats | Error)[]> {
  const facts: (BigIntStats | Error)[] = [];
  let left = paths.length;
  return new Promise((resolve) => {
    if (left === 0) return resolve(facts);
    for (const [at, path] of paths.entries())
      lstat(path, { bigint: true }, (error, found) => {
        facts[at] = error ?? found;
        left -= 1;
        if (left === 0) resolve(facts);
      });
  });
}
