// The files of a torrent that is closed, brought to another folder: renamed within a volume, copied and compared to
// another one. All of them arrive, or none has moved.

import { dirname } from "node:path";
import type { Disk } from "@troupe/actor-runtime";
import type { MoveData, StorageRefusal } from "@troupe/messages";
import { isRefusal, refusalFrom, systemCode } from "./refusals.ts";
import { removeEmptyFolders } from "./remove-data.ts";
import { isStillOpen, type FileState } from "./storage-life.ts";
import { filePath, makeStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";
import { inTurns, nextTurn } from "./turns.ts";

const filesPerTurn = 64;
/** Bytes copied in one turn. */
const turnBytes = 4 * 1024 * 1024;

/** What has been done so far, to be undone when the rest cannot be. */
interface Moved {
  readonly from: string;
  readonly to: string;
  /** The source is there still. */
  readonly isCopy: boolean;
}

/** @returns `file-exists` when one of the names is taken there; or what the disk refused, with everything in its place. */
export async function moveData(state: FileState, message: MoveData): Promise<{} | StorageRefusal> {
  const { context, disk } = state;
  if (await isStillOpen(state, message.torrent)) {
    return { refused: "still-open", message: "cannot move files of a torrent that is open" };
  }
  const from = makeStorage(disk, context.clock, message);
  if (isRefusal(from)) return from;
  const to = makeStorage(disk, context.clock, { ...message, root: message.to });
  if (isRefusal(to)) return to;
  if (from.folders.root === to.folders.root) return {};
  const there = await filesToMove(state, from, to);
  if (isRefusal(there)) return there;
  const moved: Moved[] = [];
  for (const [index, file] of there.entries()) {
    const refusal = await moveFile(state, from, to, file, moved);
    if (refusal !== undefined) {
      undo(disk, moved);
      return refusal;
    }
    if (index % filesPerTurn === 0) await nextTurn(context.timers);
  }
  for (const { from: path, isCopy } of moved) if (isCopy) removeSource(state, path);
  await removeEmptyFolders(state, from);
  return {};
}

/** The files that are there, when each of them may go where it is to be. */
async function filesToMove(
  { context, disk }: FileState,
  from: Storage,
  to: Storage,
): Promise<number[] | StorageRefusal> {
  const there: number[] = [];
  let refusal: StorageRefusal | undefined;
  await inTurns(context.timers, from.files.length, filesPerTurn, (file) => {
    const stored = from.files[file];
    if (stored === undefined || stored.isPadding === true) return true;
    const folders = [from.folders.prove(stored.path), to.folders.prove(stored.path)];
    refusal = folders.find(isRefusal);
    if (refusal !== undefined || folders[0] === "absent") return refusal === undefined;
    const [source, target] = [filePath(from, file), filePath(to, file)];
    try {
      const found = disk.stat(source)?.kind;
      if (found === undefined) return true;
      if (found !== "file") refusal = cannotMove("not-a-file", source, `it is a ${found}`);
      else if (folders[1] === "there" && disk.stat(target) !== undefined)
        refusal = cannotMove("file-exists", target, "something has that name already");
      else there.push(file);
    } catch (error) {
      refusal = refusalFrom(error, "move", source);
    }
    return refusal === undefined;
  });
  return refusal ?? there;
}

async function moveFile(
  state: FileState,
  from: Storage,
  to: Storage,
  file: number,
  moved: Moved[],
): Promise<StorageRefusal | undefined> {
  const folder = to.folders.make(to.files[file]?.path ?? []);
  if (folder !== undefined) return folder;
  const [source, target] = [filePath(from, file), filePath(to, file)];
  try {
    state.disk.rename(source, target);
    moved.push({ from: source, to: target, isCopy: false });
    return undefined;
  } catch (error) {
    if (systemCode(error) !== "EXDEV") return refusalFrom(error, "move", source);
  }
  moved.push({ from: source, to: target, isCopy: true });
  try {
    return await copyFile(state, source, target);
  } catch (error) {
    return refusalFrom(error, "copy", source);
  }
}

async function copyFile(
  state: FileState,
  source: string,
  target: string,
): Promise<StorageRefusal | undefined> {
  const { disk } = state;
  const input = disk.open(source, "read");
  try {
    const output = disk.open(target, "create");
    try {
      const isSame = await copyBytes(state, input, output);
      return isSame ? undefined : cannotMove("EIO", target, "the copy is not what was written");
    } finally {
      disk.close(output);
    }
  } finally {
    disk.close(input);
  }
}

/** Copies, syncs and compares, a bounded part a turn. */
async function copyBytes(
  { context, disk }: FileState,
  input: number,
  output: number,
): Promise<boolean> {
  const { lengthBytes } = disk.statFile(input);
  const [bytes, again] = [new Uint8Array(turnBytes), new Uint8Array(turnBytes)];
  const chunks = Math.ceil(lengthBytes / turnBytes);
  await inTurns(context.timers, chunks, 1, (chunk) => {
    const at = chunk * turnBytes;
    const part = bytes.subarray(0, disk.read(input, [bytes], at));
    disk.write(output, [part], at);
    return true;
  });
  disk.truncate(output, lengthBytes);
  disk.sync(output);
  let isSame = disk.statFile(output).lengthBytes === lengthBytes;
  await inTurns(context.timers, chunks, 1, (chunk) => {
    const at = chunk * turnBytes;
    const [length, copied] = [disk.read(input, [bytes], at), disk.read(output, [again], at)];
    isSame &&=
      length === copied &&
      Buffer.compare(bytes.subarray(0, length), again.subarray(0, copied)) === 0;
    return isSame;
  });
  return isSame;
}

/** All have arrived: one that cannot be removed where it was (a medium that is only read) stays there as well. */
function removeSource({ context, disk }: FileState, path: string): void {
  try {
    disk.remove(path);
  } catch (error) {
    context.log("warn", "source-not-removed", { ...refusalFrom(error, "remove", path) });
  }
}

/** Back to where it was; what cannot even go back is left where it is, and found by its name. */
function undo(disk: Disk, moved: readonly Moved[]): void {
  for (const { from, to, isCopy } of moved.toReversed()) {
    try {
      if (isCopy) disk.remove(to);
      else disk.rename(to, from);
    } catch (error) {
      refusalFrom(error, "move back", to);
    }
  }
}

function cannotMove(refused: string, path: string, seen: string): StorageRefusal {
  return { refused, message: `cannot move to "${dirname(path)}": ${seen}: "${path}"`, path };
}
