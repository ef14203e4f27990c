// The disk work of a move, in its thread. The caller makes the intent durable between the steps. A refused step reports
// how far it came.

import { dirname, join } from "node:path";
import type { Disk } from "@troupe/actor-runtime";
import type {
  FileAccess,
  Symlink,
  OtherFilePath,
  PlacedFile,
  StorageRefusal,
  StoredFile,
} from "@troupe/messages";
import { foldersBelow, removeIfEmpty } from "../files/empty-folders.ts";
import { otherPathsOf, placeFile, placeUnfinished, separateTwins } from "../files/file-places.ts";
import { findRealRoot, Folders } from "../files/folders.ts";
import type { FileRecord } from "../files/file-owner.ts";
import { removeLink } from "../files/torrent-links.ts";
import { refuseSharedPlaces } from "../files/late-renames.ts";
import { accessDisk } from "../files/new-file-access.ts";
import { suffixOf } from "../files/part-suffix.ts";
import { isRefusal, refusalFrom } from "../refusals.ts";
import { leaveFile, undoFile } from "./move-end.ts";
import {
  linkOrCopyFile,
  checkFile,
  nameCopy,
  makePlaceholder,
  proveFile,
  replacePlaceholder,
} from "./move-files.ts";
import { identityOf, type MoveIntent } from "./move-intent.ts";
import {
  cannotMove,
  frozenClock,
  MoveContext,
  nameTaken,
  type MovedFile,
  type MovePaths,
  type MoveStep,
} from "./move-context.ts";

const steps = {
  bring: linkOrCopyFile,
  check: checkFile,
  name: nameCopy,
  place: makePlaceholder,
  replace: replacePlaceholder,
  prove: proveFile,
  leave: leaveFile,
  undo: undoFile,
} satisfies Readonly<Record<string, MoveStep>>;

/** A step for the thread, and the permissions of what it makes. */
export type MoveOrder = Step & { readonly access?: FileAccess };

type Step =
  /** Finds the folders and the existing files that may move, each at one of its paths. */
  | {
      readonly step: "look";
      readonly from: string;
      readonly to: string;
      readonly files: readonly StoredFile[];
      readonly others: readonly OtherFilePath[];
      readonly record?: FileRecord | undefined;
      readonly partSuffix?: string | undefined;
    }
  /** Removes the torrent's links from the old folder: those in the new folder are made when the torrent is completed there. */
  | {
      readonly step: "unlink";
      readonly from: string;
      readonly files: readonly StoredFile[];
      readonly symlinks: readonly Symlink[];
    }
  | {
      readonly step: keyof typeof steps;
      readonly intent: Omit<MoveIntent, "key">;
      readonly files: readonly MovedFile[];
      readonly paths: MovePaths;
    };

/** The result of a step. */
export interface MoveAnswer {
  readonly files: readonly MovedFile[];
  readonly refusal?: StorageRefusal;
  /** From `look`, with links resolved. */
  readonly from?: string;
  readonly to?: string;
}

/** The entry point of the thread. @throws errors that are not the system's: a bug. */
export function run(threadDisk: Disk, order: MoveOrder): MoveAnswer {
  const disk = accessDisk(threadDisk, order.access);
  if (order.step === "look") return inspectFolders(disk, order);
  if (order.step === "unlink") return removeSymlinks(disk, order);
  const { intent, paths, step } = order;
  const move = new MoveContext(disk, intent, paths);
  const files = [...order.files];
  for (const [at, file] of files.entries()) {
    const done = orRefusal(() => steps[step](move, file), move.sourceOf(file));
    if (isRefusal(done)) return { files, refusal: done };
    files[at] = done;
  }
  const refusal = orRefusal(() => finishStep(move, step, files), intent.to);
  return isRefusal(refusal) ? { files, refusal } : { files };
}

/** The part of a step for all files. */
function finishStep(move: MoveContext, step: string, files: readonly MovedFile[]): void {
  const { disk, intent } = move;
  const paths = files.map((file) => move.pathOf(file));
  // Durable before the record refers to them.
  if (step === "prove") {
    for (const folder of foldersBelow(intent.to, paths)) disk.syncFolder(folder);
    for (let folder = intent.to; ; folder = dirname(folder)) {
      disk.syncFolder(folder);
      if (folder === dirname(folder)) break;
    }
  }
  if (step !== "leave") return;
  for (const folder of foldersBelow(intent.from, paths)) removeIfEmpty(disk, intent.from, folder);
}

function inspectFolders(
  disk: Disk,
  order: Extract<MoveOrder, { readonly step: "look" }>,
): MoveAnswer {
  const [from, to] = [findRealRoot(disk, order.from), findRealRoot(disk, order.to)];
  if (isRefusal(from)) return { files: [], refusal: from };
  if (isRefusal(to)) return { files: [], refusal: to };
  const files: MovedFile[] = [];
  if (from === to) return { files, from, to };
  const intent = { from, to, mark: "", stage: "begun", files } as const;
  const move = new MoveContext(disk, intent, []);
  const suffix = suffixOf(order.partSuffix, order.files, order.others);
  const others = otherPathsOf(order.others);
  const placed = { files: [...order.files], others, folders: move.old, suffix };
  separateTwins(disk, placed);
  for (const [index, { path: wished, lengthBytes, isPadding }] of order.files.entries()) {
    if (isPadding === true) continue;
    placeFile(disk, placed, index, order);
    placeUnfinished(disk, placed, index, order);
    const path = placed.files[index]?.path ?? wished;
    const looked = orRefusal(() => inspectFile(move, { index, path }), join(from, ...path));
    const isEmpty = lengthBytes === 0;
    if (isRefusal(looked) && !isEmpty) return { files, refusal: looked, from, to };
    if (isRefusal(looked) || looked === undefined) continue;
    // Anything else at the place of a file without bytes stays.
    if (isEmpty && looked.source.lengthBytes > 0) continue;
    files.push(looked);
  }
  const refusal = refuseSharedPlaces(placed, placesOf(order.files, placed.files));
  return { files, from, to, ...(refusal !== undefined && { refusal }) };
}

function removeSymlinks(
  disk: Disk,
  { files: stored, from, symlinks }: Extract<MoveOrder, { readonly step: "unlink" }>,
): MoveAnswer {
  const files = [...stored];
  const folders = new Folders(disk, frozenClock, from);
  const removed = symlinks.filter((link) => removeLink(disk, { files, folders }, link));
  const paths = removed.map(({ file }) => files[file]?.path ?? []);
  for (const folder of foldersBelow(from, paths)) removeIfEmpty(disk, from, folder);
  return { files: [] };
}

/** The files that are not at their paths. */
function placesOf(asked: readonly StoredFile[], placed: readonly StoredFile[]): PlacedFile[] {
  return [...placed.entries()]
    .map(([file, { path }]) => ({ file, path: path.join("/") }))
    .filter(({ file, path }) => path !== asked[file]?.path.join("/"));
}

/** @returns Undefined for a missing file; a refusal when it may not move. */
function inspectFile(
  move: MoveContext,
  file: Required<Pick<MovedFile, "index" | "path">>,
): MovedFile | StorageRefusal | undefined {
  const { disk, old, next } = move;
  const { index, path } = file;
  const folders = [old.prove(path), next.prove(path)];
  const refusal = folders.find(isRefusal);
  if (refusal !== undefined || folders[0] === "absent") return refusal;
  const [source, target] = [move.sourceOf(file), move.targetOf(file)];
  const found = disk.stat(source);
  if (found === undefined) return undefined;
  if (found.kind !== "file") return cannotMove("not-a-file", source, `it is a ${found.kind}`);
  if (folders[1] === "there" && disk.stat(target) !== undefined) return nameTaken(target);
  return { index, path, before: identityOf(found), source: identityOf(found) };
}

function orRefusal<Done>(task: () => Done, path: string): Done | StorageRefusal {
  try {
    return task();
  } catch (error) {
    return refusalFrom(error, "move", path);
  }
}
