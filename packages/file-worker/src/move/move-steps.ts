// What a move does on the disks, step by step: plain functions of the disk, run in a thread of their own. Whoever asks
// makes the intent durable between the steps. A step that is refused tells what it has done all the same.

import { dirname, join } from "node:path";
import type { Disk } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import { foldersBelow, removeIfEmpty } from "../files/empty-folders.ts";
import { findRealRoot } from "../files/folders.ts";
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

/** One step for the thread. */
export type MoveOrder =
  /** Finds the folders, and the files that are there and may move. */
  | { readonly step: "look"; readonly from: string; readonly to: string; readonly paths: MovePaths }
  | {
      readonly step: keyof typeof steps;
      readonly intent: MoveIntent;
      readonly files: readonly MovedFile[];
      readonly paths: MovePaths;
    };

/** What came of a step. */
export interface MoveAnswer {
  /** As they are known now. */
  readonly files: readonly MovedFile[];
  readonly refusal?: StorageRefusal;
  /** Of `look`: the folders without links. */
  readonly from?: string;
  readonly to?: string;
}

/** Runs one step; the entry point of the thread. @throws what is no word of the system: a bug. */
export function run(disk: Disk, order: MoveOrder): MoveAnswer {
  if (order.step === "look") return inspectFolders(disk, order);
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

/** What a step does once for all files. */
function finishStep(move: MoveContext, step: string, files: readonly MovedFile[]): void {
  const { disk, intent } = move;
  const paths = files.map((file) => move.pathOf(file));
  // The new names are durable before the record says so.
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
  const intent: MoveIntent = { infoHash: "", from, to, mark: "", stage: "begun", files };
  const move = new MoveContext(disk, intent, order.paths);
  for (const [index, path] of order.paths.entries()) {
    if (path.length === 0) continue;
    const looked = orRefusal(() => inspectFile(move, index), join(from, ...path));
    if (isRefusal(looked)) return { files, refusal: looked, from, to };
    if (looked !== undefined) files.push(looked);
  }
  return { files, from, to };
}

/** @returns Undefined when the file is not there; a refusal when it may not go where it is to be. */
function inspectFile(move: MoveContext, index: number): MovedFile | StorageRefusal | undefined {
  const { disk, old, next } = move;
  const path = move.pathOf({ index });
  const folders = [old.prove(path), next.prove(path)];
  const refusal = folders.find(isRefusal);
  if (refusal !== undefined || folders[0] === "absent") return refusal;
  const [source, target] = [move.sourceOf({ index }), move.targetOf({ index })];
  const found = disk.stat(source);
  if (found === undefined) return undefined;
  if (found.kind !== "file") return cannotMove("not-a-file", source, `it is a ${found.kind}`);
  if (folders[1] === "there" && disk.stat(target) !== undefined) return nameTaken(target);
  return { index, before: identityOf(found), source: identityOf(found) };
}

function orRefusal<Done>(task: () => Done, path: string): Done | StorageRefusal {
  try {
    return task();
  } catch (error) {
    return refusalFrom(error, "move", path);
  }
}
