// The two ends of a move: the old folder is left, or the new one is. Nothing is removed but what the intent says is ours
// and is recognised; each can be done again from any point at which it was cut off.

import type { StorageRefusal } from "@troupe/messages";
import { refusalFrom, systemCode } from "../refusals.ts";
import { isUnchanged } from "./copy-file.ts";
import { isPlace, makeEmpty } from "./move-files.ts";
import { seenOf, type MovingFile, type Seen } from "./move-intent.ts";
import { cannotMove, nameTaken, type MovedFile, type MoveScene } from "./move-scene.ts";

/** The record points to the new folder: the file is removed from the old one. What cannot be removed stays as well. */
export function leaveFile(scene: MoveScene, file: MovedFile): MovedFile | StorageRefusal {
  const { disk } = scene;
  if (file.way === "rename") return renameFile(scene, file);
  const [source, target] = [scene.sourceOf(file), scene.targetOf(file)];
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
    : { ...file, target: seenOf(after), isProved: isProved === true };
}

function renameFile(scene: MoveScene, file: MovedFile): MovedFile | StorageRefusal {
  const { disk } = scene;
  const [source, target] = [scene.sourceOf(file), scene.targetOf(file)];
  const old = disk.stat(source);
  if (old === undefined || old.inode !== file.source.inode) return file;
  try {
    if (disk.stat(target) === undefined) makeEmpty(disk, target);
    else if (!isPlace(disk.stat(target), file)) return nameTaken(target);
    disk.rename(source, target);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return nameTaken(target);
    throw error;
  }
  const found = disk.stat(target);
  const isProved = isUnchanged(file.source, old);
  return found === undefined ? file : { ...file, target: seenOf(found), isProved };
}

/** The record points to the old folder: what the move has made in the new one is removed. */
export function undoFile(scene: MoveScene, file: MovedFile): MovedFile {
  const { disk } = scene;
  const [source, target] = [scene.sourceOf(file), scene.targetOf(file)];
  const temporary = scene.temporaryOf(file);
  const [old, found] = [disk.stat(source), disk.stat(target)];
  let done = file;
  if (found?.kind === "file" && old !== undefined && isSecondName(file, old, found)) {
    const isProved = file.way === "link" && isUnchanged(file.source, old);
    disk.remove(target);
    done = { ...file, source: seenOf(disk.stat(source) ?? old), isProved };
  } else if (found?.kind === "file" && isOurs(scene, file, found)) disk.remove(target);
  if (disk.stat(temporary)?.kind === "file") disk.remove(temporary);
  return done;
}

/** Two names of one inode: neither was there before, for the name was free when the move began. */
function isSecondName({ way }: MovingFile, old: Seen, found: Seen): boolean {
  const mayBe = way === undefined || way === "link";
  return mayBe && old.device === found.device && old.inode === found.inode;
}

function isOurs(
  { intent }: MoveScene,
  file: MovingFile,
  found: Seen & { readonly linkCount: number },
): boolean {
  const { way, target, place } = file;
  if (way === undefined || way === "link" || target === undefined) return false;
  if (way === "copy" && isContentOf(target, found)) return true;
  if (isPlace(found, file)) return true;
  // Made right before its inode was noted: nothing else than the move made an empty file in that moment.
  const isUnnoted = place === undefined && intent.stage === "copied" && found.lengthBytes === 0;
  return isUnnoted && found.linkCount === 1 && found.ctimeNs >= target.ctimeNs;
}

/** The same file with the same content; its names and mode may have changed. The device may be called otherwise today. */
function isContentOf(noted: Seen | undefined, found: Seen | undefined): boolean {
  return (
    noted !== undefined &&
    found !== undefined &&
    noted.inode === found.inode &&
    noted.lengthBytes === found.lengthBytes &&
    noted.mtimeNs === found.mtimeNs
  );
}
