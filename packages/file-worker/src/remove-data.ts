import type { Disk, FileStat } from "@troupe/actor-runtime";
import type { DataRemoved, RemoveData, StorageRefusal } from "@troupe/messages";
import { foldersBelow, removeIfEmpty } from "./files/empty-folders.ts";
import { placeFile, placeUnfinished, separateTwins } from "./files/file-places.ts";
import { removeLink } from "./files/torrent-links.ts";
import { isToTake } from "./files/file-owner.ts";
import { noteLinked, readLinks, removeLinks } from "./files/linked-files.ts";
import { isRefusal, refusalFrom, type Answer } from "./refusals.ts";
import { readJobRecord } from "./state/job-journal.ts";
import { isStillOpen, type FileState } from "./storage-lifecycle.ts";
import { filePath, makeStorage, type Storage } from "./storage.ts";
import { inBatches } from "./pieces/batches.ts";

const filesPerTurn = 256;
/** Files that could not be removed and are named in the answer; further ones are not named. */
const maxNamed = 16;

/**
 * Removes the files of a closed or closing torrent, its part file, and empty folders, never through a link. Of a recorded
 * link the name alone is removed. The root stays, and so does every other folder, device or link under a file's name that is no
 * link of the torrent, every other thing at the place of a file without bytes, and in a shared folder every file that is not the
 * torrent's.
 */
export async function removeData(state: FileState, message: RemoveData): Answer<DataRemoved> {
  const { context, disk } = state;
  if (await isStillOpen(state, message.torrent)) {
    return { refused: "still-open", message: "cannot remove files of a torrent that is open" };
  }
  const storage = makeStorage(disk, context.clock, message);
  if (isRefusal(storage)) return storage;
  const { root } = storage.folders;
  const links = readLinks(disk, root, message.links);
  if (isRefusal(links)) return links;
  separateTwins(disk, storage);
  const { isShared = false, job } = message;
  const isAsked = isShared || storage.others.size > 0 || storage.suffix !== undefined;
  const record =
    isAsked && job !== undefined
      ? await readJobRecord(state.recordStores.at(job.home), context.sha1, job.key, root)
      : undefined;
  const owns = (file: number, found: FileStat): boolean =>
    file === storage.partFile?.file ||
    storage.linked.has(file) ||
    isToTake(message, record, { file, lengthBytes: storage.files[file]?.lengthBytes, found });
  const left: StorageRefusal[] = [];
  let removed = 0;
  await inBatches(context.timers, storage.files.length, filesPerTurn, (file) => {
    if (!noteLinked(disk, storage, file, { links })) {
      placeFile(disk, storage, file, { record });
      placeUnfinished(disk, storage, file, { record });
    }
    const done = removeFile(disk, storage, file, owns);
    if (done === "removed") removed += 1;
    else if (done !== "absent" && left.length < maxNamed) left.push(done);
    return undefined;
  });
  // Like files without bytes, they are the torrent's where its folder is.
  const symlinks = isShared && message.ownsEmptyFiles !== true ? [] : storage.symlinks;
  await inBatches(context.timers, symlinks.length, filesPerTurn, (index) => {
    const link = symlinks[index];
    if (link !== undefined && removeLink(disk, storage, link)) removed += 1;
    return undefined;
  });
  if (left.length === 0) removeLinks(disk, root, message.links);
  await removeEmptyFolders(state, storage);
  return { removed, left };
}

/** The root stays. */
async function removeEmptyFolders(
  { context, disk }: FileState,
  { files, folders: { root } }: Storage,
): Promise<void> {
  const deepestFirst = foldersBelow(
    root,
    files.map(({ path }) => path),
  );
  await inBatches(context.timers, deepestFirst.length, filesPerTurn, (index) => {
    removeIfEmpty(disk, root, deepestFirst[index] ?? root);
    return undefined;
  });
}

function removeFile(
  disk: Disk,
  storage: Storage,
  file: number,
  owns: (file: number, found: FileStat) => boolean,
): "removed" | "absent" | StorageRefusal {
  const stored = storage.files[file];
  if (stored === undefined || stored.isPadding === true) return "absent";
  const folder = storage.folders.prove(stored.path);
  const isEmpty = stored.lengthBytes === 0;
  if (isRefusal(folder) && isEmpty) return "absent";
  if (folder === "absent" || isRefusal(folder)) return folder;
  const path = filePath(storage, file);
  try {
    const found = disk.stat(path);
    if (found === undefined) return "absent";
    if (found.kind === "file" && !owns(file, found)) return "absent";
    const { kind } = found;
    if (isEmpty && (kind !== "file" || found.lengthBytes > 0)) return "absent";
    if (kind !== "file" && !storage.linked.has(file)) {
      return { refused: "not-a-file", message: `"${path}" is a ${kind}, and stays`, path };
    }
    disk.remove(path);
    return "removed";
  } catch (error) {
    return refusalFrom(error, "remove", path);
  }
}
