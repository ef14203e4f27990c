// Files that a load test writes beside its result.

import { constants, type Stats } from "node:fs";
import { access, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
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
    const reason = await refusalOf(path);
    if (reason !== undefined)
      throw new CommandError("result-not-saved", `cannot write ${path}: ${reason}`);
  }
}

/** @returns Undefined: a file can be written there. */
async function refusalOf(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const [there, around] = await Promise.all([path, folder].map(statOf));
  if (around?.isDirectory() !== true) return "there is no such folder";
  if (there?.isDirectory() === true) return "it is a folder";
  try {
    await access(there === undefined ? folder : path, constants.W_OK);
    return undefined;
  } catch (error) {
    return systemSentence(error);
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  return await stat(path).catch(() => undefined);
}

/** @throws CommandError `result-not-saved` */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new CommandError("result-not-saved", `cannot write ${path}: ${systemSentence(cause)}`, {
      cause,
    });
  }
}
