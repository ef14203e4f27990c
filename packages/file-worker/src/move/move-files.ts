// The steps of a move until the new folder is complete. The old folder stays complete throughout.

import type { Disk } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import { isRefusal, systemCode } from "../refusals.ts";
import { copyFile } from "./copy-file.ts";
import { identityOf, isUnchanged, type MovingFile, type FileIdentity } from "./move-intent.ts";
import { cannotMove, nameTaken, type MovedFile, type MoveContext } from "./move-context.ts";

/** Codes of `link` without hard links (FAT, some FUSE), or without a further name for this file. */
const noLinkCodes: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
]);

/** Links a file to its new name, or copies it under a temporary name. */
export function linkOrCopyFile(move: MoveContext, file: MovedFile): MovedFile | StorageRefusal {
  const { disk, next } = move;
  const folder = next.make(move.pathOf(file));
  if (folder !== undefined) return folder;
  const [source, target] = [move.sourceOf(file), move.targetOf(file)];
  const before = disk.stat(source);
  if (before?.kind !== "file") return fileChanged(source);
  const way = file.way ?? tryLink(disk, source, target);
  if (way === "taken") return nameTaken(target);
  if (way === "link") {
    const after = disk.stat(source) ?? before;
    return {
      ...file,
      way,
      before: identityOf(before),
      source: identityOf(after),
      target: identityOf(after),
    };
  }
  const temporary = move.temporaryOf(file);
  if (way === "rename") {
    // Later files have no earlier change time.
    const target = makeEmptyFile(disk, temporary);
    const seen = identityOf(before);
    if (target.device === seen.device) return { ...file, way, before: seen, source: seen, target };
  }
  const copied = copyFile(disk, source, temporary);
  if (isRefusal(copied)) return copied;
  return { ...file, way: "copy", before: copied.source, ...copied };
}

function tryLink(disk: Disk, source: string, target: string): "link" | "copy" | "rename" | "taken" {
  try {
    disk.link(source, target);
    return "link";
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (code === "EEXIST") return "taken";
    if (code === "EXDEV") return "copy";
    if (noLinkCodes.has(code)) return "rename";
    throw error;
  }
}

/** Copies a file again if it changed since. */
export function checkFile(move: MoveContext, file: MovedFile): MovedFile | StorageRefusal {
  if (file.way !== "copy") return file;
  const found = move.disk.stat(move.sourceOf(file));
  return found !== undefined && isUnchanged(file.source, found) ? file : linkOrCopyFile(move, file);
}

/** Links a copy to its name, which never replaces a file. */
export function nameCopy(move: MoveContext, file: MovedFile): MovedFile | StorageRefusal {
  const { disk } = move;
  if (file.way !== "copy") return { ...file, isNamed: file.way === "link" };
  const [temporary, target] = [move.temporaryOf(file), move.targetOf(file)];
  const way = tryLink(disk, temporary, target);
  if (way === "taken") return nameTaken(target);
  if (way !== "link") return { ...file, isNamed: false };
  disk.remove(temporary);
  return { ...file, isNamed: true, target: identify(disk, target) };
}

/** Without hard links an empty file reserves the new name. */
export function makePlaceholder(move: MoveContext, file: MovedFile): MovedFile | StorageRefusal {
  if (file.isNamed === true) return file;
  const target = move.targetOf(file);
  try {
    return { ...file, placeholder: makeEmptyFile(move.disk, target).inode };
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    return nameTaken(target);
  }
}

/** Replaces the empty file by the copy. */
export function replacePlaceholder(move: MoveContext, file: MovedFile): MovedFile | StorageRefusal {
  const { disk } = move;
  if (file.isNamed === true) return file;
  const [temporary, target] = [move.temporaryOf(file), move.targetOf(file)];
  if (file.way === "rename") {
    disk.remove(temporary);
    return file;
  }
  if (!isPlaceholder(disk.stat(target), file)) return nameTaken(target);
  disk.rename(temporary, target);
  return { ...file, isNamed: true, target: identify(disk, target) };
}

/** The last check before the record points to the new folder. */
export function proveFile(move: MoveContext, file: MovedFile): MovedFile | StorageRefusal {
  const { disk } = move;
  const [source, target] = [move.sourceOf(file), move.targetOf(file)];
  const [old, found] = [disk.stat(source), disk.stat(target)];
  if (old === undefined || old.inode !== file.source.inode) return fileChanged(source);
  const isUntouched = isUnchanged(file.source, old);
  if (file.way === "rename") {
    return isPlaceholder(found, file) ? { ...file, isProved: isUntouched } : nameTaken(target);
  }
  if (found === undefined || found.inode !== file.target?.inode) return nameTaken(target);
  if (file.way === "copy" && !isUntouched) return fileChanged(source);
  const isProved = file.way === "link" ? isUntouched : isUnchanged(file.target, found);
  return { ...file, target: identityOf(found), isProved };
}

/** Whether this is the empty file that reserves another file's name. */
export function isPlaceholder(
  found: { readonly inode: bigint; readonly lengthBytes: number } | undefined,
  { placeholder }: MovingFile,
): boolean {
  return found !== undefined && found.inode === placeholder && found.lengthBytes === 0;
}

/** Makes an empty file under a free name. @throws `EEXIST` */
export function makeEmptyFile(disk: Disk, path: string): FileIdentity {
  const file = disk.open(path, "create-new");
  try {
    return identityOf(disk.statFile(file));
  } finally {
    disk.close(file);
  }
}

function identify(disk: Disk, path: string): FileIdentity {
  const found = disk.stat(path);
  if (found === undefined) throw Object.assign(new Error(`"${path}" is gone`), { code: "ENOENT" });
  return identityOf(found);
}

function fileChanged(path: string): StorageRefusal {
  return cannotMove("file-changed", path, "it was changed while it was moved");
}
