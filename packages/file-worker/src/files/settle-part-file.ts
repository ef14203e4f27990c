// Reads the part file, and moves bytes into the torrent's files when these become wanted.

import { nextTurn } from "@troupe/actor-runtime";
import type { OfTorrent, PartFileLayout, PartFileSettled, StorageRefusal } from "@troupe/messages";
import type { FileSpan } from "@troupe/protocol/metainfo";
import { spellBytes } from "@troupe/protocol/text";
import type { PieceIndex } from "@troupe/protocol/units";
import {
  decodeHeader,
  eraseEntry,
  partFileRange,
  readEntry,
  entryHeaderBytes,
  entryStart,
} from "./part-file.ts";
import type { PartFile } from "./part-file.ts";
import { isRefusal, refusalFrom, unknownTorrent, type Answer } from "../refusals.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { finishWritten } from "./unfinished-files.ts";
import { acceptingStorage, closingRefusal, fileOf, filePath, type Storage } from "../storage.ts";
import { inBatches } from "../pieces/batches.ts";

/** Headers read per turn. */
const entriesPerTurn = 256;
/** Bytes moved per turn. */
const turnBytes = 4 * 1024 * 1024;

/** Finds the files that use the part file, and its entries. */
export async function loadPartFile(
  state: FileState,
  storage: Storage,
  isToSettle: boolean,
): Promise<StorageRefusal | undefined> {
  const { partFile } = storage;
  if (partFile === undefined) return undefined;
  for (let file = 0; file < partFile.file; file++) {
    partFile.parted.put(file, livesInPartFile(storage, file));
  }
  const lengthBytes = storage.knownBytes[partFile.file] ?? -1;
  const entryBytes = entryHeaderBytes + storage.pieceLengthBytes;
  const entryCount = Math.ceil(Math.max(0, lengthBytes) / entryBytes);
  const refusal = await inBatches(state.context.timers, entryCount, entriesPerTurn, (entry) =>
    noteEntry(state, storage, entry),
  );
  partFile.mustSettle = isToSettle && hasWantedBytes(storage, partFile);
  return refusal;
}

function hasWantedBytes(storage: Storage, partFile: PartFile): boolean {
  return [...partFile.entries.keys()].some(
    (piece) => wantedSpans(storage, partFile, piece).length > 0,
  );
}

/** Content of the part file, if the torrent is open. */
export function describePartFile(state: FileState, { torrent }: OfTorrent): PartFileSettled {
  const storage = state.storages.get(torrent);
  const partFile = storage && partFileLayout(storage);
  return partFile === undefined ? {} : { partFile };
}

/** The part file's layout for a hash check; undefined when it is empty. */
export function partFileLayout(storage: Storage): PartFileLayout | undefined {
  const { partFile } = storage;
  if (partFile === undefined || partFile.isIdle) return undefined;
  return {
    path: filePath(storage, partFile.file),
    files: [...partFile.parted.indexes()],
    entries: [...partFile.entries].map(([piece, { index: entry }]) => [
      piece as PieceIndex,
      entryStart(storage, entry),
    ]),
  };
}

/** Sets the wanted files, and moves and syncs their parted bytes. An existing file stays a file. */
export function settlePartFile(
  state: FileState,
  { torrent, unwanted }: OfTorrent & { readonly unwanted: readonly number[] },
): Answer<PartFileSettled> {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return Promise.resolve(storage);
  const { partFile } = storage;
  if (partFile === undefined) return Promise.resolve(unknownTorrent(torrent));
  const settled = partFile.moving.then(() => settle(state, storage, partFile, new Set(unwanted)));
  partFile.moving = settled.catch(() => undefined);
  return settled;
}

async function settle(
  state: FileState,
  storage: Storage,
  partFile: PartFile,
  unwanted: ReadonlySet<number>,
): Answer<PartFileSettled> {
  // A run's places of bytes must hold until its end.
  for (;;) {
    await state.filesAhead.whenIdle(storage);
    const ended = closingRefusal(storage);
    if (ended !== undefined) return ended;
    if (state.writes.finishRun(storage)) break;
    await state.journals.openForWriting(storage);
  }
  storage.unwanted = unwanted;
  state.filesAhead.removeUnwanted(storage);
  for (let file = 0; file < partFile.file; file++) {
    // An unwanted file without writes does not appear from here on.
    if (livesInPartFile(storage, file)) partFile.parted.set(file);
  }
  const moved = new Set<number>();
  const refusal = await moveEntries(state, storage, partFile, moved);
  if (refusal !== undefined) return refusal;
  const unfreed = await freeEntries(state, storage, partFile, moved);
  if (unfreed !== undefined) return unfreed;
  partFile.isSettled = true;
  partFile.mustSettle = false;
  const layout = partFileLayout(storage);
  const finished = finishWritten(state, storage);
  return { ...(layout !== undefined && { partFile: layout }), ...finished };
}

function livesInPartFile(storage: Storage, file: number): boolean {
  const { lengthBytes, isPadding } = fileOf(storage, file);
  // An empty file was never written: its bytes may lie in the part file.
  const isThere = (storage.knownBytes[file] ?? -1) > 0;
  return storage.unwanted.has(file) && !isThere && lengthBytes > 0 && isPadding !== true;
}

/** Copies every entry with bytes of a wanted file, and then switches those files in a single turn. */
async function moveEntries(
  state: FileState,
  storage: Storage,
  partFile: PartFile,
  moved: Set<number>,
): Promise<StorageRefusal | undefined> {
  const { context, journals, writes } = state;
  do {
    // New entries come last.
    for (const piece of partFile.entries.keys()) {
      if (moved.has(piece)) continue;
      await journals.openForWriting(storage);
      const refusal = await moveEntry(state, storage, partFile, piece);
      if (refusal !== undefined) return refusal;
      moved.add(piece);
      await nextTurn(context.timers);
    }
    // Writes under way chose their place before.
    while (!writes.finishRun(storage)) await journals.openForWriting(storage);
  } while (partFile.entries.size > moved.size);
  for (let file = 0; file < partFile.file; file++) {
    if (!storage.unwanted.has(file)) partFile.parted.clear(file);
  }
  return undefined;
}

async function moveEntry(
  state: FileState,
  storage: Storage,
  partFile: PartFile,
  piece: number,
): Promise<StorageRefusal | undefined> {
  for (const span of wantedSpans(storage, partFile, piece)) {
    const { file, fileOffset, lengthBytes } = span;
    const begin = storage.map.pieceSpans(span)[0]?.begin ?? 0;
    const turns = Math.ceil(lengthBytes / turnBytes);
    const refusal = await inBatches(state.context.timers, turns, 1, (turn) => {
      const at = turn * turnBytes;
      const bytes = new Uint8Array(Math.min(turnBytes, lengthBytes - at));
      const task = `write ${spellBytes(bytes.byteLength)} to`;
      return (
        closingRefusal(storage) ??
        readEntry(state, storage, { piece, begin: begin + at }, [bytes]) ??
        state.files.write(storage, { file, fileOffset: fileOffset + at }, [bytes], task)
      );
    });
    // An entry without its bytes has nothing to move: at a start the hash check finds the piece missing. Later the
    // piece counts as had, and reads would go to a file that never got its bytes.
    const isLost = refusal?.refused === "file-changed" && refusal.path === undefined;
    if (isLost && partFile.mustSettle) continue;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function wantedSpans(storage: Storage, partFile: PartFile, piece: number): readonly FileSpan[] {
  const held = partFile.entries.get(piece);
  if (held === undefined) return [];
  return storage.map
    .spansIn(piece, held.from, held.to)
    .filter(({ file }) => mustMove(storage, partFile, file));
}

/** After a crash during a move, a file may lack the part file's bytes. */
function mustMove(storage: Storage, partFile: PartFile, file: number): boolean {
  if (storage.unwanted.has(file) || fileOf(storage, file).isPadding === true) return false;
  return partFile.parted.has(file) || !partFile.isSettled;
}

/** Frees entries whose bytes are safe elsewhere. */
async function freeEntries(
  state: FileState,
  storage: Storage,
  partFile: PartFile,
  moved: ReadonlySet<number>,
): Promise<StorageRefusal | undefined> {
  const done = [...moved].filter((piece) => partFileRange(storage, piece) === undefined);
  const touched = new Set<number>();
  for (const piece of done) {
    const spans = storage.map.spansOf(piece);
    for (const { file } of spans) if (storage.unsynced.has(file)) touched.add(file);
  }
  const list = [...touched];
  const { timers } = state.context;
  const sync = (file = 0) => closingRefusal(storage) ?? syncFile(state, storage, file);
  const erase = (piece = 0) => closingRefusal(storage) ?? eraseEntry(state, storage, piece);
  let refusal = await inBatches(timers, list.length, 1, (index) => sync(list[index]));
  refusal ??= await inBatches(timers, done.length, 64, (index) => erase(done[index]));
  refusal ??= closingRefusal(storage);
  if (refusal === undefined && partFile.entries.size === 0)
    refusal = removePartFile(state, storage, partFile);
  return refusal;
}

function syncFile(
  { disk, files }: FileState,
  storage: Storage,
  file: number,
): StorageRefusal | undefined {
  const open = files.forWriting(storage, file);
  if (isRefusal(open)) return open;
  try {
    // Stays unsynced: the next round records its facts.
    disk.sync(open.descriptor);
    return undefined;
  } catch (error) {
    return refusalFrom(error, "sync", open.path);
  }
}

function removePartFile(
  { disk, files }: FileState,
  storage: Storage,
  partFile: PartFile,
): StorageRefusal | undefined {
  if ((storage.knownBytes[partFile.file] ?? -1) < 0) return undefined;
  const path = filePath(storage, partFile.file);
  files.closeFile(storage, partFile.file);
  try {
    disk.remove(path);
  } catch (error) {
    return refusalFrom(error, "remove", path);
  }
  storage.knownBytes[partFile.file] = -1;
  storage.unsynced.delete(partFile.file);
  partFile.clear();
  return undefined;
}

function noteEntry(
  { disk, files }: FileState,
  storage: Storage,
  entry: number,
): StorageRefusal | undefined {
  const { partFile } = storage;
  if (partFile === undefined) return undefined;
  const open = files.forReading(storage, partFile.file);
  if (isRefusal(open)) return open;
  try {
    const header = new Uint8Array(entryHeaderBytes);
    disk.read(open.descriptor, [header], entryStart(storage, entry) - entryHeaderBytes);
    const held = decodeHeader(header);
    const isOurs = held !== undefined && held.piece < storage.map.pieceCount;
    partFile.noteFound(isOurs && held.to <= storage.pieceLengthBytes ? held : undefined);
    return undefined;
  } catch (error) {
    return refusalFrom(error, "read", open.path);
  }
}
