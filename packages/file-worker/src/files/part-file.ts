// Bytes of unwanted files: a piece shared with a wanted file is downloaded whole, and these bytes need a place. A
// hidden file beside the torrent's files has an entry for each such piece, so that an unwanted file never appears:
//
//   entry n begins at n × (64 + piece length)
//     0  "TroupeP1"
//     8  piece u32   12  from u32   16  to u32      the bytes of the piece that the entry holds
//    20  check u32   0xffffffff ^ piece ^ from ^ to; an entry without it is free
//    64  the piece: byte b of it at 64 + b
//
// An entry is its own index: header and bytes are one write; after a crash, lost entries are found missing by their
// hash.

import { LazyMap, type Disk } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { OpenFiles } from "./open-files.ts";
import { isRefusal, refusalFrom } from "../refusals.ts";
import { RareBits } from "../state/rare-bits.ts";
import type { Storage } from "../storage.ts";

/** Bytes before the piece in each entry. */
export const entryHeaderBytes = 64;
const magic = Buffer.from("TroupeP1", "latin1");

interface EntryHeader {
  readonly piece: number;
  readonly from: number;
  readonly to: number;
}

/** Place of the bytes `from` to `to` of a piece. */
type PartFileEntry = Omit<EntryHeader, "piece"> & { readonly index: number };

interface OpenDisk {
  readonly disk: Disk;
  readonly files: OpenFiles;
}

const noMove: Promise<unknown> = Promise.resolve();

/** A torrent's entries in its part file. */
export class PartFile {
  /** Index behind the torrent's files. */
  readonly file: number;
  /** The files whose bytes lie in the part file. */
  readonly parted: RareBits;
  readonly entries = new LazyMap<number, PartFileEntry>();
  readonly #free: number[] = [];
  #entryCount = 0;
  /** Bytes of wanted files have been moved. */
  isSettled = false;
  /** Bytes of wanted files must be moved before any read. */
  mustSettle = false;
  /** A single move at a time. */
  moving: Promise<unknown> = noMove;

  constructor(fileCount: number) {
    this.file = fileCount;
    this.parted = new RareBits(Math.ceil(fileCount / 8));
  }

  /** Empty, and no file uses it. */
  get isIdle(): boolean {
    return this.entries.size === 0 && this.parted.isEmpty;
  }

  /** Records the next entry as found, used or free. */
  noteFound(found: EntryHeader | undefined): void {
    const entry = this.#entryCount++;
    if (found === undefined || this.entries.has(found.piece)) this.#free.push(entry);
    else this.entries.set(found.piece, { index: entry, from: found.from, to: found.to });
  }

  /** Now, or for its first write. */
  entryFor(piece: number): number {
    return this.entries.get(piece)?.index ?? this.#free[0] ?? this.#entryCount;
  }

  noteWritten(piece: number, held: PartFileEntry): void {
    if (this.#free[0] === held.index) this.#free.shift();
    this.#entryCount = Math.max(this.#entryCount, held.index + 1);
    this.entries.set(piece, held);
  }

  release(piece: number): void {
    const held = this.entries.get(piece);
    if (held === undefined) return;
    this.entries.delete(piece);
    this.#free.push(held.index);
    this.#free.sort((one, other) => one - other);
  }

  clear(): void {
    this.entries.clear();
    this.#free.length = 0;
    this.#entryCount = 0;
  }
}

/** Offset of a piece's byte 0 in the part file. */
export function entryStart(storage: Storage, entry: number): number {
  return entry * (entryHeaderBytes + storage.pieceLengthBytes) + entryHeaderBytes;
}

/**
 * The range of a piece's bytes in parted files.
 *
 * @returns Undefined without such bytes.
 */
export function partFileRange(
  storage: Storage,
  piece: number,
): Omit<PartFileEntry, "index"> | undefined {
  const { partFile, map } = storage;
  if (partFile === undefined || partFile.parted.isEmpty) return undefined;
  let range: { from: number; to: number } | undefined;
  let at = 0;
  for (const { file, lengthBytes } of map.spansOf(piece)) {
    const end = at + lengthBytes;
    if (partFile.parted.has(file)) range = { from: range?.from ?? at, to: end };
    at = end;
  }
  return range;
}

/** Writes header and parted bytes of a piece in a single call. */
export function writeEntry(
  disk: Disk,
  files: OpenFiles,
  storage: Storage,
  piece: number,
  bytes: Uint8Array,
): StorageRefusal | undefined {
  const { partFile } = storage;
  const range = partFileRange(storage, piece);
  if (partFile === undefined || range === undefined) return undefined;
  const open = files.forWriting(storage, partFile.file);
  if (isRefusal(open)) return open;
  const entry = partFile.entryFor(piece);
  const start = entryStart(storage, entry);
  try {
    const held = bytes.subarray(range.from, range.to);
    // Bytes first: a header names only bytes given to the system.
    disk.write(open.descriptor, [held], start + range.from);
    const header = encodeHeader(piece, range.from, range.to);
    disk.write(open.descriptor, [header], start - entryHeaderBytes);
  } catch (error) {
    return refusalFrom(error, `write a part of piece ${piece} to`, open.path);
  }
  partFile.noteWritten(piece, { index: entry, ...range });
  storage.unsynced.add(partFile.file);
  return undefined;
}

/**
 * Reads bytes of a piece from its entry.
 *
 * @param begin Offset in the piece.
 * @returns A refusal `file-changed` without these bytes.
 */
export function readEntry(
  { disk, files }: OpenDisk,
  storage: Storage,
  { piece, begin }: { readonly piece: number; readonly begin: number },
  views: readonly Uint8Array[],
): StorageRefusal | undefined {
  const { partFile } = storage;
  const lengthBytes = views.reduce((sum, view) => sum + view.byteLength, 0);
  const held = partFile?.entries.get(piece);
  if (partFile === undefined || held === undefined) return notThere(piece);
  if (begin < held.from || begin + lengthBytes > held.to) return notThere(piece);
  const open = files.forReading(storage, partFile.file);
  if (isRefusal(open)) return open;
  try {
    const start = entryStart(storage, held.index);
    const gotBytes = disk.read(open.descriptor, views, start + begin);
    return gotBytes === lengthBytes ? undefined : notThere(piece);
  } catch (error) {
    return refusalFrom(error, `read a part of piece ${piece} of`, open.path);
  }
}

/** Marks an entry on the disk as free. */
export function eraseEntry(
  { files }: OpenDisk,
  storage: Storage,
  piece: number,
): StorageRefusal | undefined {
  const { partFile } = storage;
  const held = partFile?.entries.get(piece);
  if (partFile === undefined || held === undefined) return undefined;
  const at = entryStart(storage, held.index) - entryHeaderBytes;
  const zeros = new Uint8Array(entryHeaderBytes);
  const task = `free a part of piece ${piece} in`;
  const refusal = files.write(storage, { file: partFile.file, fileOffset: at }, [zeros], task);
  if (refusal === undefined) partFile.release(piece);
  return refusal;
}

/** @returns The entry described by its first 64 bytes; undefined if free. */
export function decodeHeader(bytes: Uint8Array): EntryHeader | undefined {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header.compare(magic, 0, magic.length, 0, magic.length) !== 0) return undefined;
  const [piece = 0, from = 0, to = 0] = [8, 12, 16].map((at) => header.readUInt32BE(at));
  if (header.readUInt32BE(20) !== checkOf(piece, from, to) || from >= to) return undefined;
  return { piece, from, to };
}

function encodeHeader(piece: number, from: number, to: number): Uint8Array {
  const header = Buffer.alloc(entryHeaderBytes);
  magic.copy(header);
  for (const [index, value] of [piece, from, to, checkOf(piece, from, to)].entries()) {
    header.writeUInt32BE(value, magic.length + index * 4);
  }
  return header;
}

function checkOf(piece: number, from: number, to: number): number {
  return (0xffffffff ^ piece ^ from ^ to) >>> 0;
}

function notThere(piece: number): StorageRefusal {
  return {
    refused: "file-changed",
    message: `cannot read a part of piece ${piece}: the part file does not have it`,
  };
}
