// Opens, completes and closes storages. Each works in turns, so that other reads and writes continue.

import type { Context, Disk } from "@troupe/actor-runtime";
import type {
  CloseStorage,
  CompleteStorage,
  FileAccess,
  FileProtocol,
  OpenStorage,
  StorageCompleted,
  StorageOpened,
  StorageRefusal,
  TorrentId,
} from "@troupe/messages";
import type { StampCall } from "./files/disk-stamp.ts";
import type { DiskTimes } from "./files/disk-times.ts";
import { forgetIdentity } from "./files/file-identity.ts";
import { placeFile, placeUnfinished, separateTwins } from "./files/file-places.ts";
import { linkedPlaces, noteLinked, readLinks } from "./files/linked-files.ts";
import { carryOutRenames, refuseSharedPlaces } from "./files/late-renames.ts";
import { finishAll, finishWritten } from "./files/unfinished-files.ts";
import { makeExecutable } from "./files/file-modes.ts";
import { makeLink } from "./files/torrent-links.ts";
import { FilesAhead } from "./ahead/files-ahead.ts";
import { OpenFiles } from "./files/open-files.ts";
import { isRefusal, refusalFrom, systemCode, unknownTorrent, type Answer } from "./refusals.ts";
import { loadPartFile, partFileLayout } from "./files/settle-part-file.ts";
import { Slabs } from "./slabs.ts";
import { findRecord, openJournal } from "./state/jobs.ts";
import { JobJournals } from "./state/job-journals.ts";
import { RecordStores } from "./state/record-stores.ts";
import { RecordsClient } from "./state/records-client.ts";
import {
  acceptingStorage,
  closingRefusal,
  fileOf,
  filePath,
  lookAtFile,
  makeStorage,
  placedFiles,
  type OpenTorrent,
  type Storage,
} from "./storage.ts";
import { inBatches } from "./pieces/batches.ts";
import { RefusedPieces } from "./pieces/refused-pieces.ts";
import { WriteQueue } from "./pieces/write-queue.ts";
import { FolderStore } from "./store/folder-store.ts";
import { openStore } from "./store/open-store.ts";
import type { PieceStore } from "./store/piece-store.ts";

/** About a millisecond of a local disk. */
const filesPerTurn = 256;
const defaultSyncWithinMs = 1_000;
/** Refusals of a folder in whose place a link or a file lies. */
const occupiedCodes: ReadonlySet<string> = new Set(["path-outside-root", "ENOTDIR"]);

/** The state of a file-worker. */
export interface FileState {
  readonly context: Context<FileProtocol>;
  /** The context's disk with stamped calls, and `access` for new files and folders. */
  readonly disk: Disk;
  /** Times of the calls of the disk. */
  readonly diskTimes: DiskTimes;
  /** Permissions of new files and folders, for the disks of other threads. */
  readonly access: FileAccess | undefined;
  /** Stamps calls of modules as calls of the disk. */
  readonly stampCall: StampCall;
  readonly storages: Map<TorrentId, OpenTorrent>;
  /** Opens the store of a torrent, once for each opening of its storage. */
  readonly openStore: (storage: Storage) => PieceStore;
  /** Closing waits for these. */
  readonly opening: Map<TorrentId, Promise<unknown>>;
  readonly slabs: Slabs;
  readonly files: OpenFiles;
  readonly filesAhead: FilesAhead;
  readonly writes: WriteQueue;
  readonly refusedPieces: RefusedPieces;
  readonly journals: JobJournals;
  readonly recordStores: RecordStores;
  readonly recordsClient: RecordsClient;
}

/** @param maxOpenFiles Files open at once, over all torrents. */
export function makeState(
  context: Context<FileProtocol>,
  disk: Disk,
  {
    maxOpenFiles,
    access,
    diskTimes,
    stampCall,
  }: { readonly maxOpenFiles: number } & Pick<FileState, "access" | "diskTimes" | "stampCall">,
): FileState {
  const files = new OpenFiles(disk, maxOpenFiles);
  const journals = new JobJournals(context, disk);
  const filesAhead = new FilesAhead(context, { disk, access }, files);
  const records = new RecordsClient(context);
  return {
    context,
    disk,
    diskTimes,
    access,
    stampCall,
    storages: new Map(),
    openStore: (storage) => new FolderStore({ context, disk, files, filesAhead }, storage),
    opening: new Map(),
    slabs: new Slabs(),
    files,
    filesAhead,
    writes: new WriteQueue(context, journals, (storage, pieces) => {
      if (storage.unfinished.size === 0) return {};
      const touched = pieces.flatMap((piece) => storage.map.spansOf(piece));
      const finishing = new Set(touched.map(({ file }) => file));
      return finishWritten({ context, disk, files, filesAhead, journals }, storage, finishing);
    }),
    refusedPieces: new RefusedPieces(context),
    journals,
    recordStores: new RecordStores(disk, records),
    recordsClient: records,
  };
}

/** Opens or reopens a torrent's storage: pieces queued for the old storage are written first. */
export async function openStorage(state: FileState, message: OpenStorage): Answer<StorageOpened> {
  const { torrent } = message;
  const opening = openAfter(state, message, state.opening.get(torrent));
  state.opening.set(torrent, opening);
  try {
    return await opening;
  } finally {
    if (state.opening.get(torrent) === opening) state.opening.delete(torrent);
  }
}

async function openAfter(
  state: FileState,
  message: OpenStorage,
  earlier: Promise<unknown> | undefined,
): Answer<StorageOpened> {
  const {
    disk,
    context: { clock, timers },
  } = state;
  if (earlier !== undefined) await earlier;
  await endStorage(state, { torrent: message.torrent, syncWithinMs: 0 });
  const made = makeStorage(disk, clock, message);
  if (isRefusal(made)) return made;
  if (message.store !== undefined) return openStore(state, made, message, message.store);
  const links = readLinks(disk, made.folders.root, message.links);
  if (isRefusal(links)) return links;
  const storage = Object.assign(made, { store: state.openStore(made) });
  const absent = new Set<string>();
  const mayWrite = message.mayWrite === true;
  separateTwins(disk, storage, mayWrite ? state.context.random : undefined);
  const found = message.job && (await findRecord(state, storage, message.job));
  const record = found?.record;
  const rules = { absent, record, mayMake: mayWrite };
  if (mayWrite && record !== undefined)
    await carryOutRenames(timers, disk, storage, { absent, record });
  const refusal =
    (await inBatches(timers, storage.files.length, filesPerTurn, (file) => {
      if (noteLinked(disk, storage, file, { links, absent }))
        return lookAtFile(disk, storage, file, absent);
      placeFile(disk, storage, file, rules);
      const isUnfinished = placeUnfinished(disk, storage, file, rules);
      if (isUnfinished) storage.unfinished.set(file, storage.map.piecesOf(file)?.[0] ?? 0);
      return lookAtFile(disk, storage, file, absent);
    })) ??
    refuseSharedPlaces(storage, placedFiles(message, storage)) ??
    (await loadPartFile(state, storage, message.isToSettle === true));
  const known =
    refusal ?? (found && message.job && (await openJournal(state, storage, message.job, found)));
  if (isRefusal(known)) {
    const closed = storage.store.close();
    if (closed instanceof Promise) await closed;
    return known;
  }
  state.storages.set(message.torrent, storage);
  const layout = partFileLayout(storage);
  const placed = placedFiles(message, storage);
  const lengths = storage.knownBytes.slice(0, storage.map.fileCount);
  return {
    foundBytes: lengths.reduce((sum, bytes) => sum + Math.max(0, bytes), 0),
    ...(layout !== undefined && { partFile: layout }),
    ...(known !== undefined && { known }),
    ...(placed.length > 0 && { placed }),
    ...(storage.linked.size > 0 && { linked: linkedPlaces(storage) }),
  };
}

/** The folder cannot be written: read-only media, or data of another user. */
const notWritableCodes: ReadonlySet<string> = new Set(["EROFS", "EACCES", "EPERM"]);

/**
 * Creates empty files, if asked, which no piece touches, where nothing lies, and gives all finished files their names. Then makes
 * links and executable files, if asked. What cannot be made in a folder that cannot be written is counted: a torrent is seeded
 * without it.
 */
export async function completeStorage(
  state: FileState,
  message: CompleteStorage,
): Answer<StorageCompleted> {
  const { torrent, makesEmptyFiles, makesSymlinks = false } = message;
  const storage = state.storages.get(torrent);
  if (storage === undefined) return unknownTorrent(torrent);
  if (storage.isModule) return {};
  const symlinks = makesSymlinks ? storage.symlinks : [];
  const linked = new Set(symlinks.map(({ file }) => file));
  const empty: number[] = [];
  for (const [file, { lengthBytes, isPadding }] of storage.files.entries()) {
    const isWanted = makesEmptyFiles && !storage.unwanted.has(file);
    if (lengthBytes === 0 && isPadding !== true && isWanted && !linked.has(file)) empty.push(file);
  }
  state.journals.syncSoon();
  const notMade: StorageRefusal[] = [];
  const unlessNotWritable = (refusal: StorageRefusal | undefined): StorageRefusal | undefined => {
    if (refusal === undefined || !notWritableCodes.has(refusal.refused)) return refusal;
    notMade.push(refusal);
    return undefined;
  };
  const refusal = await inBatches(state.context.timers, empty.length, filesPerTurn, (index) => {
    const file = empty[index] ?? 0;
    return closingRefusal(storage) ?? unlessNotWritable(makeEmptyFile(state.disk, storage, file));
  });
  if (refusal !== undefined) return refusal;
  const finished = await finishAll(state, storage);
  if (isRefusal(finished)) return finished;
  const attributes = { ...message, symlinks, unlessNotWritable };
  const unmade = await makeAttributes(state, storage, attributes);
  if (unmade !== undefined) return unmade;
  const [first] = notMade;
  if (first === undefined) return finished;
  return { ...finished, notMade: { count: notMade.length, message: first.message } };
}

/** Makes the links, and makes files executable (BEP 47). */
function makeAttributes(
  state: FileState,
  storage: OpenTorrent,
  {
    executables = [],
    makesEmptyFiles,
    symlinks,
    unlessNotWritable,
  }: CompleteStorage &
    Pick<Storage, "symlinks"> & {
      readonly unlessNotWritable: (
        refusal: StorageRefusal | undefined,
      ) => StorageRefusal | undefined;
    },
): Promise<StorageRefusal | undefined> {
  const wanted = makesEmptyFiles ? symlinks.filter(({ file }) => !storage.unwanted.has(file)) : [];
  const steps = [
    ...wanted.map((link) => () => {
      const makeFile = () => makeEmptyFile(state.disk, storage, link.file);
      return unlessNotWritable(makeLink(state.disk, storage, link, makeFile));
    }),
    ...executables.map((file) => () => makeExecutable(state, storage, file)),
  ];
  return inBatches(
    state.context.timers,
    steps.length,
    filesPerTurn,
    (index) => closingRefusal(storage) ?? steps[index]?.(),
  );
}

/** A link, a folder or another file with its name, or with the name of a folder above, stays as it is. */
function makeEmptyFile(disk: Disk, storage: Storage, file: number): StorageRefusal | undefined {
  const folder = storage.folders.make(fileOf(storage, file).path);
  if (folder !== undefined) return occupiedCodes.has(folder.refused) ? undefined : folder;
  const path = filePath(storage, file);
  try {
    if (disk.stat(path) === undefined) disk.close(disk.open(path, "create-new"));
    return undefined;
  } catch (error) {
    return systemCode(error) === "EEXIST" ? undefined : refusalFrom(error, "create", path);
  }
}

/** Accepts a changed file as it is now: its pieces have been, or will be, hashed. */
export function acceptFile(
  state: FileState,
  { torrent, file }: { readonly torrent: TorrentId; readonly file: number },
): {} | StorageRefusal {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return storage;
  state.files.closeFile(storage, file);
  forgetIdentity(storage, file);
  return lookAtFile(state.disk, storage, file) ?? {};
}

/** Waits for an opening; a torrent that is not open counts as closed. */
export function closeStorage(state: FileState, message: CloseStorage): Answer {
  const opening = state.opening.get(message.torrent);
  if (opening === undefined) return endStorage(state, message);
  return opening.then(() => endStorage(state, message));
}

/** @returns Whether a torrent is open, after any opening or closing under way. */
export async function isStillOpen(state: FileState, torrent: TorrentId): Promise<boolean> {
  await state.opening.get(torrent);
  await state.storages.get(torrent)?.closing;
  return state.storages.has(torrent);
}

function endStorage(state: FileState, message: CloseStorage): Answer {
  const storage = state.storages.get(message.torrent);
  if (storage === undefined) return Promise.resolve({});
  storage.closing ??= finishStorage(state, storage, message);
  return storage.closing;
}

async function finishStorage(
  state: FileState,
  storage: OpenTorrent,
  { job, syncWithinMs = defaultSyncWithinMs }: CloseStorage,
): Answer {
  const { files, filesAhead, writes, storages, journals } = state;
  await storage.renaming;
  await writes.drained(storage.torrent);
  await filesAhead.whenIdle(storage);
  filesAhead.forget(storage);
  if (job === undefined) journals.drop(storage);
  else {
    const close = (): void => files.closeStorage(storage);
    await journals.end(storage, { ...job, withinMs: syncWithinMs, close });
  }
  const closed = storage.store.close();
  const failure = closed instanceof Promise ? await closed : closed;
  storages.delete(storage.torrent);
  return failure ?? {};
}
