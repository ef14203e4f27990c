// What lies in the part file, and moving it into the torrent's own files when somebody wants these after all.

import type { Disk } from "@troupe/actor-runtime";
import type { PartsLayout, PiecesSettled, StorageRefusal, TorrentId } from "@troupe/messages";
import { spellBytes } from "@troupe/protocol";
import type { FileSpan, PieceIndex } from "@troupe/protocol";
import {
  decodeHeader,
  eraseSlot,
  partedRange,
  readSlot,
  slotHeaderBytes,
  slotStart,
} from "./part-file.ts";
import type { Parts } from "./part-file.ts";
import { isRefusal, refusalFrom, unknownTorrent } from "./refusals.ts";
import type { FileState } from "./storage-life.ts";
import { acceptingStorage, endOf, fileOf, filePath } from "./storage.ts";
import type { Storage } from "./storage.ts";
import { inTurns, nextTurn } from "./turns.ts";

/** Headers read in one turn. */
const slotsPerTurn = 256;
/** Bytes moved in one turn. */
const turnBytes = 4 * 1024 * 1024;

/** Finds out which files live in the part file, and what is in it. */
export async function loadParts(
  { context: { timers }, disk, files }: FileState,
  storage: Storage,
  isToSettle: boolean,
): Promise<StorageRefusal | undefined> {
  const { parts } = storage;
  if (parts === undefined) return undefined;
  for (const file of parts.isParted.keys()) {
    parts.isParted[file] = livesInParts(storage, file) ? 1 : 0;
  }
  const lengthBytes = storage.knownBytes[parts.file] ?? -1;
  const slotBytes = slotHeaderBytes + storage.pieceLengthBytes;
  let refusal: StorageRefusal | undefined;
  await inTurns(timers, Math.ceil(Math.max(0, lengthBytes) / slotBytes), slotsPerTurn, (slot) => {
    refusal = noteSlot(disk, files, storage, slot);
    return refusal === undefined;
  });
  parts.isToSettle = isToSettle && hasWanted(storage, parts);
  return refusal;
}

/** Somebody wants bytes that lie in the part file. */
function hasWanted(storage: Storage, parts: Parts): boolean {
  return [...parts.slots.keys()].some((piece) => wantedSpans(storage, parts, piece).length > 0);
}

/** What lies in the part file now, unless the torrent is not open. */
export function describeParts(
  state: FileState,
  { torrent }: { readonly torrent: TorrentId },
): PiecesSettled {
  const storage = state.storages.get(torrent);
  const parts = storage && partsLayout(storage);
  return parts === undefined ? {} : { parts };
}

/** The part file as a check of the pieces needs it; undefined when nothing lies there. */
export function partsLayout(storage: Storage): PartsLayout | undefined {
  const { parts } = storage;
  if (parts === undefined || parts.isIdle) return undefined;
  return {
    path: filePath(storage, parts.file),
    files: [...parts.isParted.keys()].filter((file) => parts.isParted[file] === 1),
    slots: [...parts.slots].map(([piece, { slot }]) => [
      piece as PieceIndex,
      slotStart(storage, slot),
    ]),
  };
}

/**
 * Sets which files are wanted. What the part file has of those that are is moved into them and synced; what stays in
 * it, stays. A file that is there stays a file, wanted or not.
 */
export function settleParts(
  state: FileState,
  { torrent, unwanted }: { readonly torrent: TorrentId; readonly unwanted: readonly number[] },
): Promise<PiecesSettled | StorageRefusal> {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return Promise.resolve(storage);
  const { parts } = storage;
  if (parts === undefined) return Promise.resolve(unknownTorrent(torrent));
  const settled = parts.moving.then(() => settle(state, storage, parts, new Set(unwanted)));
  parts.moving = settled.catch(() => undefined);
  return settled;
}

async function settle(
  state: FileState,
  storage: Storage,
  parts: Parts,
  unwanted: ReadonlySet<number>,
): Promise<PiecesSettled | StorageRefusal> {
  // A run has decided where each of its bytes goes: that must stay true to its end.
  for (;;) {
    await state.ahead.still(storage);
    const ended = endOf(storage);
    if (ended !== undefined) return ended;
    if (state.writes.finishRun(storage)) break;
    await state.journals.opened(storage);
  }
  storage.unwanted = unwanted;
  state.ahead.withdraw(storage);
  for (const file of parts.isParted.keys()) {
    // One that nobody has written to yet is wanted no more: from here on it does not appear.
    if (livesInParts(storage, file)) parts.isParted[file] = 1;
  }
  const moved = new Set<number>();
  const refusal = await moveAll(state, storage, parts, moved);
  if (refusal !== undefined) return refusal;
  const unfreed = await freeSlots(state, storage, parts, moved);
  if (unfreed !== undefined) return unfreed;
  parts.isSettled = true;
  parts.isToSettle = false;
  const layout = partsLayout(storage);
  return layout === undefined ? {} : { parts: layout };
}

function livesInParts(storage: Storage, file: number): boolean {
  const { lengthBytes, isPadding } = fileOf(storage, file);
  // An empty one was made and never written to: its bytes may lie in the part file already.
  const isThere = (storage.knownBytes[file] ?? -1) > 0;
  return storage.unwanted.has(file) && !isThere && lengthBytes > 0 && isPadding !== true;
}

/** Copies every slot that a wanted file has a part of; in its last turn the files are their own. */
async function moveAll(
  state: FileState,
  storage: Storage,
  parts: Parts,
  moved: Set<number>,
): Promise<StorageRefusal | undefined> {
  const { context, journals, writes } = state;
  do {
    // Slots that are written meanwhile come last.
    for (const piece of parts.slots.keys()) {
      if (moved.has(piece)) continue;
      await journals.opened(storage);
      const refusal = await moveSlot(state, storage, parts, piece);
      if (refusal !== undefined) return refusal;
      moved.add(piece);
      await nextTurn(context.timers);
    }
    // What is being written was given its place before.
    while (!writes.finishRun(storage)) await journals.opened(storage);
  } while (parts.slots.size > moved.size);
  for (const file of parts.isParted.keys()) {
    if (!storage.unwanted.has(file)) parts.isParted[file] = 0;
  }
  return undefined;
}

/** Copies what wanted files have of one slot. */
async function moveSlot(
  { context, disk, files }: FileState,
  storage: Storage,
  parts: Parts,
  piece: number,
): Promise<StorageRefusal | undefined> {
  const start = piece * storage.pieceLengthBytes;
  for (const { file, fileOffset, lengthBytes } of wantedSpans(storage, parts, piece)) {
    const begin = storage.map.startOf(file) + fileOffset - start;
    let refusal: StorageRefusal | undefined;
    await inTurns(context.timers, Math.ceil(lengthBytes / turnBytes), 1, (turn) => {
      const at = turn * turnBytes;
      const bytes = new Uint8Array(Math.min(turnBytes, lengthBytes - at));
      refusal =
        endOf(storage) ??
        readSlot(disk, files, storage, { piece, begin: begin + at }, [bytes]) ??
        writeFile(disk, files, storage, { file, offset: fileOffset + at }, bytes);
      return refusal === undefined;
    });
    // A slot that lost its bytes has nothing to move: at a start the piece is found missing by its hash. Later it counts
    // as had, and would be read where its bytes have never been.
    const isLost = refusal?.refused === "file-changed" && refusal.path === undefined;
    if (isLost && parts.isToSettle) continue;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What wanted files have of one slot. */
function wantedSpans(storage: Storage, parts: Parts, piece: number): readonly FileSpan[] {
  const held = parts.slots.get(piece);
  if (held === undefined) return [];
  return storage.map
    .spans(piece * storage.pieceLengthBytes + held.from, held.to - held.from)
    .filter(({ file }) => isToMove(storage, parts, file));
}

/** After a crash in the middle of a move a file may be there and lack what the part file has. */
function isToMove(storage: Storage, parts: Parts, file: number): boolean {
  if (storage.unwanted.has(file) || fileOf(storage, file).isPadding === true) return false;
  return parts.isParted[file] === 1 || !parts.isSettled;
}

function writeFile(
  disk: Disk,
  files: FileState["files"],
  storage: Storage,
  { file, offset }: { readonly file: number; readonly offset: number },
  bytes: Uint8Array,
): StorageRefusal | undefined {
  const open = files.forWriting(storage, file);
  if (isRefusal(open)) return open;
  try {
    disk.write(open.descriptor, [bytes], offset);
    storage.unsynced.add(file);
    return undefined;
  } catch (error) {
    return refusalFrom(error, `write ${spellBytes(bytes.byteLength)} to`, open.path);
  }
}

/** Slots that no parted file has a byte of are free, once their bytes are safe elsewhere. */
async function freeSlots(
  { context: { timers }, disk, files }: FileState,
  storage: Storage,
  parts: Parts,
  moved: ReadonlySet<number>,
): Promise<StorageRefusal | undefined> {
  const done = [...moved].filter((piece) => partedRange(storage, piece) === undefined);
  const touched = new Set<number>();
  for (const piece of done) {
    const spans = storage.map.spans(piece * storage.pieceLengthBytes, storage.pieceLengthBytes);
    for (const { file } of spans) if (storage.unsynced.has(file)) touched.add(file);
  }
  const list = [...touched];
  let refusal: StorageRefusal | undefined;
  await inTurns(timers, list.length, 1, (index) => {
    refusal = endOf(storage) ?? syncFile(disk, files, storage, list[index] ?? 0);
    return refusal === undefined;
  });
  await inTurns(timers, done.length, 64, (index) => {
    refusal ??= endOf(storage) ?? eraseSlot(disk, files, storage, done[index] ?? 0);
    return refusal === undefined;
  });
  refusal ??= endOf(storage);
  if (refusal === undefined && parts.slots.size === 0)
    refusal = removePartFile(disk, files, storage, parts);
  return refusal;
}

function syncFile(
  disk: Disk,
  files: FileState["files"],
  storage: Storage,
  file: number,
): StorageRefusal | undefined {
  const open = files.forWriting(storage, file);
  if (isRefusal(open)) return open;
  try {
    // It stays among the unsynced: its looks are noted for the record by the next round.
    disk.sync(open.descriptor);
    return undefined;
  } catch (error) {
    return refusalFrom(error, "sync", open.path);
  }
}

function removePartFile(
  disk: Disk,
  files: FileState["files"],
  storage: Storage,
  parts: Parts,
): StorageRefusal | undefined {
  if ((storage.knownBytes[parts.file] ?? -1) < 0) return undefined;
  const path = filePath(storage, parts.file);
  files.closeFile(storage, parts.file);
  try {
    disk.remove(path);
  } catch (error) {
    return refusalFrom(error, "remove", path);
  }
  storage.knownBytes[parts.file] = -1;
  storage.unsynced.delete(parts.file);
  parts.clear();
  return undefined;
}

function noteSlot(
  disk: Disk,
  files: FileState["files"],
  storage: Storage,
  slot: number,
): StorageRefusal | undefined {
  const { parts } = storage;
  if (parts === undefined) return undefined;
  const open = files.forReading(storage, parts.file);
  if (isRefusal(open)) return open;
  try {
    const header = new Uint8Array(slotHeaderBytes);
    disk.read(open.descriptor, [header], slotStart(storage, slot) - slotHeaderBytes);
    const held = decodeHeader(header);
    const { totalBytes } = storage.map;
    const isOurs = held !== undefined && held.piece * storage.pieceLengthBytes < totalBytes;
    parts.found(isOurs && held.to <= storage.pieceLengthBytes ? held : undefined);
    return undefined;
  } catch (error) {
    return refusalFrom(error, "read", open.path);
  }
}
