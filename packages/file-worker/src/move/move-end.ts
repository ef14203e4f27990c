// Leaves the old folder, or undoes the new folder. Removes only recognised files of the intent; both can be repeated
// after any interruption.

import type { StorageRefusal } from "@troupe/messages";
import { refusalFrom, systemCode } from "../refusals.ts";
import { isPlaceholder, makeEmptyFile } from "./move-files.ts";
import { identityOf, isUnchanged, type MovingFile, type FileIdentity } from "./move-intent.ts";
import { cannotMove, nameTaken, type MovedFile, type MoveContext } from "./move-context.ts";

/** Removes the file from the old folder, if possible: the record points to the new folder. */
export function leaveFile(move: MoveContext, file: MovedFile): MovedFile | StorageRefusal {
  const { disk } = move;
  if (file.way === "rename") return renameFile(move, file);
  const [source, target] = [move.sourceOf(file), move.targetOf(file)];
  const [old, found] = [disk.stat(source), disk.stat(target)];
  const isProved = found !== undefined && file.target && isUnchanged(file.target, found);
  if (old === undefined) return { ...file, isProved: isProved === true };
  if (!isContentOf(file.source, old) || !isContentOf(file.target, found)) {
    return { ...file, left: cannotMove("file-changed", source, "another file has its name") };
  }
  try {
    disk.remove(source);
  } catch (error) {
    return { ...file, left: refusalFrom(error, "remove", source) };
  }
  if (file.way === "copy") return file;
  const after = disk.stat(target);
  return after === undefined
    ? file
    : { ...file, target: identityOf(after), isProved: isProved === true };
}

function renameFile(move: MoveContext, file: MovedFile): MovedFile | StorageRefusal {
  const { disk } = move;
  const [source, target] = [move.sourceOf(file), move.targetOf(file)];
  const old = disk.stat(source);
  if (old === undefined || old.inode !== file.source.inode) return file;
  try {
    if (disk.stat(target) === undefined) makeEmptyFile(disk, target);
    else if (!isPlaceholder(disk.stat(target), file)) return nameTaken(target);
    disk.rename(source, target);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return nameTaken(target);
    throw error;
  }
  const found = disk.stat(target);
  const isProved = isUnchanged(file.source, old);
  return found === undefined ? file : { ...file, target: identityOf(found), isProved };
}

/** Removes the move's file from the new folder: the record points to the old folder. */
export function undoFile(move: MoveContext, file: MovedFile): MovedFile {
  const { disk } = move;
  const [source, target] = [move.sourceOf(file), move.targetOf(file)];
  const temporary = move.temporaryOf(file);
  const [old, found] = [disk.stat(source), disk.stat(target)];
  let done = file;
  if (found?.kind === "file" && old !== undefined && isSecondName(file, old, found)) {
    const isProved = file.way === "link" && isUnchanged(file.source, old);
    disk.remove(target);
    done = { ...file, source: identityOf(disk.stat(source) ?? old), isProved };
  } else if (found?.kind === "file" && isMadeByMove(move, file, found)) disk.remove(target);
  if (disk.stat(temporary)?.kind === "file") disk.remove(temporary);
  return done;
}

/** Both names are ours: the new name was free when the move began. */
function isSecondName({ way }: MovingFile, old: FileIdentity, found: FileIdentity): boolean {
  const mayBe = way === undefined || way === "link";
  return mayBe && old.device === found.device && old.inode === found.inode;
}

function isMadeByMove(
  { intent }: MoveContext,
  file: MovingFile,
  found: FileIdentity & { readonly linkCount: number },
): boolean {
  const { way, target, placeholder } = file;
  if (way === undefined || way === "link" || target === undefined) return false;
  if (way === "copy" && isContentOf(target, found)) return true;
  if (isPlaceholder(found, file)) return true;
  // After a crash before its inode was recorded: only the move made an empty file then.
  const isUnnoted =
    placeholder === undefined && intent.stage === "copied" && found.lengthBytes === 0;
  return isUnnoted && found.linkCount === 1 && found.ctimeNs >= target.ctimeNs;
}

/** Whether file and content are unchanged; names, mode and device number may differ. */
function isContentOf(noted: FileIdentity | undefined, found: FileIdentity | undefined): boolean {
  return (
    noted !== undefined &&
    found !== undefined &&
    noted.inode === found.inode &&
    noted.lengthBytes === found.lengthBytes &&
    noted.mtimeNs === found.mtimeNs
  );
}
