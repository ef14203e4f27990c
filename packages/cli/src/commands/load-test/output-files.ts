// Files that a load test writes beside its result.

import { constants, type Stats } from "node:fs";
import { access, lstat, rm, stat, truncate, writeFile } from "node:fs/promises";
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

/**
 * Removes the files of an earlier run: a CI job must not take them for those of a run that was killed before it wrote its own.
 * Links, devices and FIFOs stay.
 *
 * @param paths Absolute.
 * @throws CommandError `result-not-saved`
 */
export async function removeEarlierFiles(paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    if (path === undefined) continue;
    // One after the other: two of the paths may be the same. oxlint-disable-next-line no-await-in-loop
    await removeEarlierFile(path);
  }
}

async function removeEarlierFile(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.isFile() !== true) return;
  try {
    // A file that is a mount point, or whose folder is read-only, cannot be removed, but it can be emptied.
    await rm(path, { force: true }).catch(async () => await truncate(path));
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

/** @throws CommandError `result-not-saved` */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

function notWritten(path: string, cause: unknown): CommandError {
  const message = `cannot write ${path}: ${systemSentence(cause)}`;
  return new CommandError("result-not-saved", message, { cause });
}
