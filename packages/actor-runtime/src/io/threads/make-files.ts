import { systemModule } from "../system/system-module.ts";

const { closeSync, constants, openSync } = systemModule("node:fs");

/** Opens no existing file and follows no link. */
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/**
 * Creates the missing files. Skips failures: opening the file shows the error.
 * @returns The positions in `paths` of the created files.
 */
export function makeFiles(paths: readonly string[]): number[] {
  const made: number[] = [];
  for (const [place, path] of paths.entries()) {
    try {
      closeSync(openSync(path, flags, 0o666));
      made.push(place);
    } catch {
      // Exists, or refused.
    }
  }
  return made;
}
