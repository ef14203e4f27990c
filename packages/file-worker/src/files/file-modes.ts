// Executable files of a torrent (BEP 47): everybody who may read the file may run it.

import type { StorageRefusal } from "@troupe/messages";
import { refusalFrom, systemCode } from "../refusals.ts";
import { renewFacts } from "../state/file-facts.ts";
import { fileOf, filePath, type Storage } from "../storage.ts";
import type { RenameState } from "./rename-files.ts";

/** Codes of file systems without modes, and of files of another user. */
const noModeCodes: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EROFS",
]);

/**
 * Makes a finished file executable. A file that is foreign, has other names, is unwanted, unfinished or not there stays as it is.
 *
 * @returns The disk's refusal. A file system without modes is none.
 */
export function makeExecutable(
  { disk, journals }: Pick<RenameState, "disk" | "journals">,
  storage: Storage,
  file: number,
): StorageRefusal | undefined {
  const { folders, foreign, partFile, unfinished, unwanted } = storage;
  const isOurs = foreign?.has(file) !== true && partFile?.parted.has(file) !== true;
  if (!isOurs || unwanted.has(file) || unfinished.has(file)) return undefined;
  const { lengthBytes, path: names } = fileOf(storage, file);
  if (folders.prove(names) !== "there") return undefined;
  const path = filePath(storage, file);
  try {
    const found = disk.stat(path);
    if (found?.kind !== "file" || found.lengthBytes !== lengthBytes || found.linkCount > 1)
      return undefined;
    const mode = executable(found.mode);
    if (mode === found.mode) return undefined;
    const open = disk.open(path, "read");
    try {
      disk.setAccess(open, { mode });
    } finally {
      disk.close(open);
    }
    const after = disk.stat(path);
    renewFacts(storage.facts, file, found, after);
    journals.get(storage)?.fileRenamed(file, found, after);
    return undefined;
  } catch (error) {
    return noModeCodes.has(systemCode(error) ?? "")
      ? undefined
      : refusalFrom(error, "make executable", path);
  }
}

/** The right to run beside each right to read. */
function executable(mode: number): number {
  return mode | ((mode & 0o444) >> 2);
}
