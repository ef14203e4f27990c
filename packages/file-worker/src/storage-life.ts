// A storage's beginning, completion and end. Each runs in turns, so that reads and writes of others go on.

import type { Context, Disk } from "@troupe/actor-runtime";
import type {
  CloseStorage,
  FileProtocol,
  OpenStorage,
  StorageClosed,
  StorageOpened,
  StorageRefusal,
  TorrentId,
} from "@troupe/messages";
import { filesMark } from "./files-mark.ts";
import { OpenFiles } from "./open-files.ts";
import { isRefusal, refusalFrom, unknownTorrent } from "./refusals.ts";
import { loadParts, partsLayout } from "./settle-parts.ts";
import { Slabs } from "./slabs.ts";
import { lookAtFile, makeStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";
import { inTurns } from "./turns.ts";
import { WriteQueue } from "./write-queue.ts";

/** Files looked at or made in one turn: about a millisecond of a local disk. */
const filesPerTurn = 256;
/** What `syncWithinMs` is when the message leaves it out. */
const defaultSyncWithinMs = 1_000;

/** Everything one file-worker knows. */
export interface FileState {
  readonly context: Context<FileProtocol>;
  /** The context's disk, its calls stamped. */
  readonly disk: Disk;
  readonly storages: Map<TorrentId, Storage>;
  readonly slabs: Slabs;
  readonly files: OpenFiles;
  readonly writes: WriteQueue;
}

/** @param maxOpenFiles Files open at once, over all torrents. */
export function makeState(
  context: Context<FileProtocol>,
  disk: Disk,
  maxOpenFiles: number,
): FileState {
  const files = new OpenFiles(disk, maxOpenFiles);
  return {
    context,
    disk,
    storages: new Map(),
    slabs: new Slabs(),
    files,
    writes: new WriteQueue(context, disk, files),
  };
}

/** Opens a torrent's storage, or opens it anew: what waits for the old one is written first. */
export async function openStorage(
  state: FileState,
  message: OpenStorage,
): Promise<StorageOpened | StorageRefusal> {
  const {
    disk,
    context: { clock, timers },
  } = state;
  const earlier = state.storages.get(message.torrent);
  if (earlier !== undefined)
    await closeStorage(state, { torrent: message.torrent, syncWithinMs: 0 });
  const storage = makeStorage(disk, clock, message);
  if (isRefusal(storage)) return storage;
  let refusal: StorageRefusal | undefined;
  await inTurns(timers, storage.files.length, filesPerTurn, (file) => {
    refusal = lookAtFile(disk, storage, file);
    return refusal === undefined;
  });
  refusal ??= await loadParts(state, storage);
  if (refusal !== undefined) return refusal;
  state.storages.set(message.torrent, storage);
  const parts = partsLayout(storage);
  const foundBytes = [...storage.knownBytes.subarray(0, message.files.length)];
  const found = { foundBytes, ...(parts !== undefined && { parts }) };
  if (message.mark === undefined) return found;
  const isUnchanged = (await filesMark(state.context, disk, storage)) === message.mark;
  return { ...found, isUnchanged };
}

/** Makes the files without bytes, which no piece touches. */
export async function completeStorage(
  state: FileState,
  torrent: TorrentId,
): Promise<{} | StorageRefusal> {
  const storage = state.storages.get(torrent);
  if (storage === undefined) return unknownTorrent(torrent);
  const empty: number[] = [];
  for (const [file, { lengthBytes, isPadding }] of storage.files.entries()) {
    const isWanted = !storage.unwanted.has(file);
    if (lengthBytes === 0 && isPadding !== true && isWanted) empty.push(file);
  }
  let refusal: StorageRefusal | undefined;
  await inTurns(state.context.timers, empty.length, filesPerTurn, (index) => {
    const opened = state.files.forWriting(storage, empty[index] ?? 0);
    refusal = isRefusal(opened) ? opened : undefined;
    return refusal === undefined;
  });
  return refusal ?? {};
}

/** Ends a storage; a torrent that is not open is closed already. */
export function closeStorage(
  state: FileState,
  { torrent, syncWithinMs = defaultSyncWithinMs, wantsMark = false }: CloseStorage,
): Promise<StorageClosed | StorageRefusal> {
  const storage = state.storages.get(torrent);
  if (storage === undefined) return Promise.resolve({});
  storage.closing ??= finishStorage(state, storage, { syncWithinMs, wantsMark });
  return storage.closing;
}

async function finishStorage(
  state: FileState,
  storage: Storage,
  { syncWithinMs, wantsMark }: { readonly syncWithinMs: number; readonly wantsMark: boolean },
): Promise<StorageClosed | StorageRefusal> {
  const { context, disk, files, writes, storages } = state;
  await writes.drained(storage.torrent);
  const refusal = await syncFiles(state, storage, syncWithinMs);
  files.closeStorage(storage);
  const mark = wantsMark ? await filesMark(context, disk, storage) : undefined;
  storages.delete(storage.torrent);
  const failure = refusal ?? storage.closeFailure;
  if (failure !== undefined) return failure;
  return {
    ...(storage.unsynced.size > 0 && { unsyncedFiles: storage.unsynced.size }),
    ...(mark !== undefined && { mark }),
  };
}

/** One file a turn: a sync takes as long as the disk needs. A failed one is never tried again (case F24). */
async function syncFiles(
  { context: { clock, timers }, disk, files }: FileState,
  storage: Storage,
  withinMs: number,
): Promise<StorageRefusal | undefined> {
  const untilMs = clock.nowMs() + withinMs;
  const unsynced = [...storage.unsynced];
  let first: StorageRefusal | undefined;
  await inTurns(timers, unsynced.length, 1, (index) => {
    if (clock.nowMs() >= untilMs) return false;
    const file = unsynced[index] ?? 0;
    const refusal = syncFile(disk, files, storage, file);
    first ??= refusal;
    if (refusal === undefined) storage.unsynced.delete(file);
    return true;
  });
  return first;
}

function syncFile(
  disk: Disk,
  files: OpenFiles,
  storage: Storage,
  file: number,
): StorageRefusal | undefined {
  const open = files.forWriting(storage, file);
  if (isRefusal(open)) return open;
  try {
    disk.sync(open.descriptor);
    return undefined;
  } catch (error) {
    return refusalFrom(error, "sync", open.path);
  }
}
