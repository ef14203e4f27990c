import { spellBytes } from "@troupe/protocol/text";
import type { PrepareStorage, StoragePrepared, StorageRefusal } from "@troupe/messages";
import { existingFolder } from "./files/folders.ts";
import { finishWritten } from "./files/unfinished-files.ts";
import { foreignRefusal } from "./files/foreign-files.ts";
import { isRefusal, refusalFrom, type Answer } from "./refusals.ts";
import type { FileState } from "./storage-lifecycle.ts";
import { acceptingStorage, closingRefusal, fileOf, filePath, type Storage } from "./storage.ts";
import { inBatches } from "./pieces/batches.ts";

/** Zeros written per turn. */
const turnBytes = 4 * 1024 * 1024;

/**
 * Checks that the folder is writable and has room, and allocates files, before the first piece.
 * @returns The free space; or a refusal, `foreign-file` in a shared folder, `disk-full` for an allocation.
 */
export async function prepareStorage(
  state: FileState,
  { torrent, allocation }: PrepareStorage,
): Answer<StoragePrepared> {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return storage;
  // A module does not tell how much room it has.
  if (storage.isModule) return storage.store.readOnly ?? { freeBytes: Number.MAX_SAFE_INTEGER };
  const { root } = storage.folders;
  try {
    const folder = existingFolder(state.disk, root);
    state.disk.proveWritable(folder);
    const freeBytes = state.disk.freeBytes(folder);
    const foreign = [...(storage.foreign ?? [])].find((file) => !storage.unwanted.has(file));
    const refusal =
      foreign === undefined
        ? undefined
        : foreignRefusal(storage, foreign, filePath(storage, foreign));
    if (refusal !== undefined) return refusal;
    // After a crash a file may have all its pieces and not its name yet.
    const prepared = { freeBytes, ...finishWritten(state, storage) };
    if (allocation !== "full") return prepared;
    const filesToAllocate = [...storage.files.keys()].filter(
      (file) => bytesToAllocate(storage, file) > 0,
    );
    const neededBytes = filesToAllocate.reduce(
      (sum, file) => sum + bytesToAllocate(storage, file),
      0,
    );
    if (neededBytes > freeBytes) return noRoom(root, neededBytes, freeBytes);
    // After a crash the record tells that the torrent may have made the files.
    await state.journals.openForWriting(storage);
    for (const file of filesToAllocate) {
      const refusal = await allocate(state, storage, file);
      if (refusal !== undefined) return refusal;
    }
    return prepared;
  } catch (error) {
    return refusalFrom(error, "write to the folder", root);
  }
}

function bytesToAllocate(storage: Storage, file: number): number {
  const { lengthBytes, isPadding } = fileOf(storage, file);
  const isOurs = storage.partFile?.file !== file && isPadding !== true;
  if (!isOurs || storage.unwanted.has(file)) return 0;
  return lengthBytes - Math.max(0, storage.knownBytes[file] ?? -1);
}

function allocate(
  { context, files }: FileState,
  storage: Storage,
  file: number,
): Promise<StorageRefusal | undefined> {
  const { lengthBytes } = fileOf(storage, file);
  const from = lengthBytes - bytesToAllocate(storage, file);
  const zeros = new Uint8Array(Math.min(turnBytes, lengthBytes - from));
  const task = `allocate ${spellBytes(lengthBytes)} for`;
  return inBatches(context.timers, Math.ceil((lengthBytes - from) / turnBytes), 1, (turn) => {
    const at = from + turn * turnBytes;
    // Later zeros would overwrite data of the next storage.
    const bytes = zeros.subarray(0, lengthBytes - at);
    return closingRefusal(storage) ?? files.write(storage, { file, fileOffset: at }, [bytes], task);
  });
}

function noRoom(root: string, neededBytes: number, freeBytes: number): StorageRefusal {
  return {
    refused: "disk-full",
    message: `cannot allocate ${spellBytes(neededBytes)} in "${root}": ${spellBytes(freeBytes)} are free`,
    path: root,
  };
}
