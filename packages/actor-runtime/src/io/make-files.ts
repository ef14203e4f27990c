// Empty files where there is nothing.

import { systemModule } from "./system-module.ts";

const { closeSync, constants, openSync } = systemModule("node:fs");

/** Exclusive: nothing that is there is opened, and no link followed. */
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** Makes the files that are not there. One that cannot be made is left out: whoever opens it to write hears why. */
export function makeFiles(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      closeSync(openSync(path, flags, 0o666));
    } catch {
      // There already, or refused.
    }
  }
}
