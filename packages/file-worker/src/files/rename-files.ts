// New paths for the files of an open torrent. Each file is renamed within a turn, so writes before and after the rename go to
// the same file.

import type { Context, Disk, FileStat, MessageOf } from "@troupe/actor-runtime";
import type { FileProtocol, FilesRenamed, StorageRefusal } from "@troupe/messages";
import type { FilesAhead } from "../ahead/files-ahead.ts";
import { inBatches } from "../pieces/batches.ts";
import { isRefusal, refusalFrom, type Answer } from "../refusals.ts";
import { renewFacts, setFacts } from "../state/file-facts.ts";
import type { JobJournals } from "../state/job-journals.ts";
import {
  acceptingStorage,
  closingRefusal,
  fileOf,
  filePath,
  placeOf,
  refusedPath,
  type Storage,
} from "../storage.ts";
import { foldersBelow, removeIfEmpty } from "./empty-folders.ts";
import { forgetIdentity } from "./file-identity.ts";
import { pathIn } from "./folders.ts";
import type { OpenFiles } from "./open-files.ts";
import { suffixed } from "./part-suffix.ts";

const filesPerTurn = 256;

/** A file and its two paths. */
interface Renamed {
  readonly file: number;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** The parts of a file-worker that rename files. */
export interface RenameState {
  readonly context: Pick<Context, "timers">;
  readonly disk: Disk;
  readonly files: OpenFiles;
  readonly filesAhead: Pick<FilesAhead, "whenIdle">;
  readonly journals: JobJournals;
}

/** Renames files: all, or none. */
export function renameFiles(
  state: RenameState & Parameters<typeof acceptingStorage>[0],
  { torrent, places, facts }: MessageOf<FileProtocol, "rename-files">,
): Answer<FilesRenamed> {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return Promise.resolve(storage);
  const renamed = storage.renaming.then(async () => {
    const renames = places.flatMap(({ file, path }) => renameOf(storage, file, path.split("/")));
    const refusal = await refuseTargets(state, storage, renames);
    if (refusal !== undefined) return refusal;
    state.journals.update(storage, { facts });
    await state.journals.save(storage);
    const failed = await renameAll(state, storage, renames);
    return failed ?? { placed: places.map(({ file }) => placeOf(storage, file)) };
  });
  storage.renaming = renamed.catch(() => undefined);
  return renamed;
}

function renameOf(storage: Storage, file: number, to: readonly string[]): Renamed[] {
  const { path: from } = fileOf(storage, file);
  return from.join("/") === to.join("/") ? [] : [{ file, from, to }];
}

/** Refuses new paths that are taken, except by files that are renamed too. */
async function refuseTargets(
  { context, disk, filesAhead }: RenameState,
  storage: Storage,
  renames: readonly Renamed[],
): Promise<StorageRefusal | undefined> {
  await filesAhead.whenIdle(storage);
  const left = new Set(renames.map(({ from }) => from.join("/")));
  return await inBatches(context.timers, renames.length, filesPerTurn, (index) => {
    const { to = [], file = 0 } = renames[index] ?? {};
    const unsafe = refusedPath(to) ?? closingRefusal(storage);
    if (unsafe !== undefined) return unsafe;
    const folder = storage.folders.prove(to);
    if (isRefusal(folder)) return folder;
    if (folder === "absent" || left.has(to.join("/"))) return undefined;
    return refuseTaken(disk, filePath(storage, file), pathIn(storage.folders, to));
  });
}

/** Renames the files, or undoes the renames at a refusal. The storage closes after the end of this. */
async function renameAll(
  state: RenameState,
  storage: Storage,
  renames: readonly Renamed[],
): Promise<StorageRefusal | undefined> {
  const { timers } = state.context;
  // In a folder that moves into itself, or out of itself, the order of the files makes room for the next file.
  const ordered = renames.toSorted(
    (one, other) => deeper(one) * (other.from.length - one.from.length),
  );
  const done: (Renamed & { readonly isUnfinished: boolean })[] = [];
  const refusal = await inBatches(timers, ordered.length, filesPerTurn, (index) => {
    const next = ordered[index];
    if (next === undefined) return undefined;
    const isUnfinished = storage.unfinished.has(next.file);
    const refused = renameFile(state, storage, next);
    if (refused === undefined) done.push({ ...next, isUnfinished });
    return refused;
  });
  if (refusal !== undefined) {
    done.reverse();
    await inBatches(timers, done.length, filesPerTurn, (index) => {
      const { file, from, isUnfinished } = done[index] ?? {
        file: 0,
        from: [],
        isUnfinished: false,
      };
      moveTo(state, storage, file, from);
      if (isUnfinished) storage.unfinished.set(file, storage.map.piecesOf(file)?.[0] ?? 0);
      return undefined;
    });
  }
  const emptied =
    refusal === undefined ? ordered.map(({ from }) => from) : ordered.map(({ to }) => to);
  const { root } = storage.folders;
  for (const folder of foldersBelow(root, emptied)) removeIfEmpty(state.disk, root, folder);
  storage.folders.forgetProofs();
  return refusal;
}

function deeper({ from, to }: Renamed): 1 | -1 {
  return to.length >= from.length ? 1 : -1;
}

/** An unfinished file keeps its suffix, unless another file has the path with it. */
function renameFile(
  state: RenameState,
  storage: Storage,
  { file, to }: Renamed,
): StorageRefusal | undefined {
  const { suffix, unfinished } = storage;
  if (suffix === undefined || !unfinished.has(file)) return moveTo(state, storage, file, to);
  const longer = suffixed(suffix, to);
  const refusal = moveTo(state, storage, file, longer ?? to);
  if (refusal === undefined && longer === undefined) unfinished.delete(file);
  return refusal;
}

/** Renames a file on the disk, and notes its new path. A file that is not on the disk only gets the path. */
export function moveTo(
  { disk, files, journals }: RenameState,
  storage: Storage,
  file: number,
  to: readonly string[],
): StorageRefusal | undefined {
  const from = filePath(storage, file);
  const target = pathIn(storage.folders, to);
  try {
    const found = storage.foreign?.has(file) === true ? undefined : disk.stat(from);
    if (found?.kind === "link" && storage.linked.has(file)) {
      const refusal = storage.folders.make(to) ?? refuseTaken(disk, from, target);
      if (refusal !== undefined) return refusal;
      disk.rename(from, target);
    } else if (found?.kind === "file" && isTheFile(storage, file, found)) {
      const refusal = storage.folders.make(to) ?? refuseTaken(disk, from, target);
      if (refusal !== undefined) return refusal;
      files.closeFile(storage, file);
      disk.rename(from, target);
      const after = disk.stat(target);
      renewFacts(storage.facts, file, found, after);
      journals.get(storage)?.fileRenamed(file, found, after);
    }
  } catch (error) {
    return refusalFrom(error, "rename", from);
  }
  // A foreign file keeps its path, and the torrent makes its own.
  if (storage.foreign?.delete(file) === true) {
    forgetIdentity(storage, file);
    setFacts(storage.facts, file, undefined);
  }
  storage.files[file] = { ...fileOf(storage, file), path: to };
  return undefined;
}

/** Whether the found file is the torrent's. An empty file without a known inode may have been made ahead. */
function isTheFile({ identities }: Storage, file: number, found: FileStat): boolean {
  const inode = identities.inodes[file] ?? 0;
  return inode === 0 ? found.lengthBytes === 0 : Number(found.inode) === inode;
}

/** Refuses a path that is taken. Where case is ignored, the path with other case is the file itself. */
function refuseTaken(disk: Disk, from: string, target: string): StorageRefusal | undefined {
  const found = disk.stat(target);
  if (found === undefined) return undefined;
  const own = disk.stat(from);
  if (own !== undefined && own.inode === found.inode && found.linkCount === 1) return undefined;
  const message = `cannot rename "${from}": something has the name "${target}" already`;
  return { refused: "rename-taken", message, path: target };
}
