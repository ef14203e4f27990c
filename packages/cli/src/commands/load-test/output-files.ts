// Files that a load test writes beside its result.

import { stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError } from "../../failure.ts";

/** Kind of the output. */
export interface LoadOutput {
  readonly json: boolean;
  readonly quiet: boolean;
}

/**
 * Before any load: a run of an hour must not end without a place for its result.
 *
 * @param paths Absolute.
 * @throws CommandError `result-not-saved`
 */
export async function checkFolders(paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    if (path === undefined) continue;
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const found = await stat(dirname(path)).catch(() => undefined);
    if (found?.isDirectory() !== true)
      throw new CommandError("result-not-saved", `cannot write ${path}: there is no such folder`);
  }
}

/** @throws CommandError `result-not-saved` */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CommandError("result-not-saved", `cannot write ${path}: ${code}`, { cause });
  }
}
