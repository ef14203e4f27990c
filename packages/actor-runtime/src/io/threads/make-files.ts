// Empty files where there is nothing.

import { systemModule } from "../system/system-module.ts";

const { closeSync, constants, openSync } = systemModule("node:fs");

/** Exclusive: nothing that is there is opened, and no link followed. */
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/**
 * Makes the files that are not there. One that cannot be made is left out: whoever opens it to write hears why.
 *
 * @returns The places in `paths` of those that were made.
 */
export function makeFiles(paths: readonly string[]): number[] {
  const made: number[] = [];
  for (const [place, path] of paths.entries()) {
    try {
      closeSync(openSync(path, flags, 0o666));
      made.push(place);
    } catch {
      // There already, or refused.
    }
  }
  return made;
}
