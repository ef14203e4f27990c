// Bytes of files that nobody wants: pieces that they share with a wanted file are fetched whole, and these bytes have to
// lie somewhere. One hidden file beside the torrent's own has a slot for each such piece, so that a file that is not
// wanted never appears:
//
//   slot n begins at n × (64 + piece length)
//     0  "TroupeP1"
//     8  piece u32   12  from u32   16  to u32      the bytes of the piece that the slot holds
//    20  check u32   0xffffffff ^ piece ^ from ^ to; a slot without it is free
//    64  the piece: byte b of it at 64 + b
//
// A slot is its own index: header and bytes are one write, and after a crash what is not there is hashed and missed.

import type { Disk } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { OpenFiles } from "./open-files.ts";
import { isRefusal, refusalFrom } from "./refusals.ts";
import type { Storage } from "./storage.ts";

/** Bytes before the piece in each slot. */
export const slotHeaderBytes = 64;
const magic = Buffer.from("TroupeP1", "latin1");

/** Where the bytes `from` to `to` of one piece lie. */
export interface PartSlot {
  readonly slot: number;
  readonly from: number;
  readonly to: number;
}

/** What one torrent has in its part file. */
export class Parts {
  /** Place of the part file among the storage's files: behind those of the torrent. */
  readonly file: number;
  /** One a file of the torrent; 1: its bytes lie in the part file. */
  readonly isParted: Uint8Array;
  readonly slots = new Map<number, PartSlot>();
  readonly #free: number[] = [];
  #slotCount = 0;
  /** What wanted files had in it when it was found has been moved. */
  isSettled = false;
  /** It was found with bytes of wanted files, which are to be moved before anything is read. */
  isToSettle = false;
  /** While bytes move between files: only one move at a time. */
  moving: Promise<unknown> = Promise.resolve();

  constructor(fileCount: number) {
    this.file = fileCount;
    this.isParted = new Uint8Array(fileCount);
  }

  /** Nothing lies there, and nothing will. */
  get isIdle(): boolean {
    return this.slots.size === 0 && !this.isParted.includes(1);
  }

  /** Notes the next slot as it was found: used or free. */
  found(held: { readonly piece: number; readonly from: number; readonly to: number } | undefined) {
    const slot = this.#slotCount++;
    if (held === undefined || this.slots.has(held.piece)) this.#free.push(slot);
    else this.slots.set(held.piece, { slot, from: held.from, to: held.to });
  }

  /** The slot that this piece has, or gets when its bytes are written. */
  slotFor(piece: number): number {
    return this.slots.get(piece)?.slot ?? this.#free[0] ?? this.#slotCount;
  }

  /** The bytes of a piece are in the slot that was given for it. */
  noteWritten(piece: number, held: PartSlot): void {
    if (this.#free[0] === held.slot) this.#free.shift();
    this.#slotCount = Math.max(this.#slotCount, held.slot + 1);
    this.slots.set(piece, held);
  }

  /** A piece needs its slot no more. */
  release(piece: number): void {
    const held = this.slots.get(piece);
    if (held === undefined) return;
    this.slots.delete(piece);
    this.#free.push(held.slot);
    this.#free.sort((one, other) => one - other);
  }

  /** The part file is gone. */
  clear(): void {
    this.slots.clear();
    this.#free.length = 0;
    this.#slotCount = 0;
  }
}

/** Where byte 0 of a piece lies in the part file. */
export function slotStart(storage: Storage, slot: number): number {
  return slot * (slotHeaderBytes + storage.pieceLengthBytes) + slotHeaderBytes;
}

/**
 * The bytes of a piece that lie in parted files, as one range from the first to the last.
 *
 * @returns Undefined when there are none.
 */
export function partedRange(
  storage: Storage,
  piece: number,
): { readonly from: number; readonly to: number } | undefined {
  const { parts, map, pieceLengthBytes } = storage;
  if (parts === undefined) return undefined;
  let range: { from: number; to: number } | undefined;
  let at = 0;
  for (const { file, lengthBytes } of map.spans(piece * pieceLengthBytes, pieceLengthBytes)) {
    const end = at + lengthBytes;
    if (parts.isParted[file] === 1) range = { from: range?.from ?? at, to: end };
    at = end;
  }
  return range;
}

/** Writes the parted bytes of a whole piece to its slot, header and all, in one call. */
export function writeSlot(
  disk: Disk,
  files: OpenFiles,
  storage: Storage,
  piece: number,
  bytes: Uint8Array,
): StorageRefusal | undefined {
  const { parts } = storage;
  const range = partedRange(storage, piece);
  if (parts === undefined || range === undefined) return undefined;
  const open = files.forWriting(storage, parts.file);
  if (isRefusal(open)) return open;
  const slot = parts.slotFor(piece);
  const start = slotStart(storage, slot);
  try {
    const held = bytes.subarray(range.from, range.to);
    // The bytes first: a header that is there names bytes that have been given to the system.
    disk.write(open.descriptor, [held], start + range.from);
    const header = encodeHeader(piece, range.from, range.to);
    disk.write(open.descriptor, [header], start - slotHeaderBytes);
  } catch (error) {
    return refusalFrom(error, `write a part of piece ${piece} to`, open.path);
  }
  parts.noteWritten(piece, { slot, ...range });
  storage.unsynced.add(parts.file);
  return undefined;
}

/**
 * Reads bytes of one piece from its slot.
 *
 * @param begin Offset in the piece.
 * @returns A refusal `file-changed` when they are not there.
 */
export function readSlot(
  disk: Disk,
  files: OpenFiles,
  storage: Storage,
  { piece, begin }: { readonly piece: number; readonly begin: number },
  views: readonly Uint8Array[],
): StorageRefusal | undefined {
  const { parts } = storage;
  const lengthBytes = views.reduce((sum, view) => sum + view.byteLength, 0);
  const held = parts?.slots.get(piece);
  if (parts === undefined || held === undefined) return notThere(piece);
  if (begin < held.from || begin + lengthBytes > held.to) return notThere(piece);
  const open = files.forReading(storage, parts.file);
  if (isRefusal(open)) return open;
  try {
    const start = slotStart(storage, held.slot);
    const gotBytes = disk.read(open.descriptor, views, start + begin);
    return gotBytes === lengthBytes ? undefined : notThere(piece);
  } catch (error) {
    return refusalFrom(error, `read a part of piece ${piece} of`, open.path);
  }
}

/** Says on the disk that a slot is free. */
export function eraseSlot(
  disk: Disk,
  files: OpenFiles,
  storage: Storage,
  piece: number,
): StorageRefusal | undefined {
  const { parts } = storage;
  const held = parts?.slots.get(piece);
  if (parts === undefined || held === undefined) return undefined;
  const open = files.forWriting(storage, parts.file);
  if (isRefusal(open)) return open;
  try {
    const at = slotStart(storage, held.slot) - slotHeaderBytes;
    disk.write(open.descriptor, [new Uint8Array(slotHeaderBytes)], at);
  } catch (error) {
    return refusalFrom(error, `free a part of piece ${piece} in`, open.path);
  }
  parts.release(piece);
  storage.unsynced.add(parts.file);
  return undefined;
}

/** @returns What a slot holds by its first 64 bytes; undefined for a free one. */
export function decodeHeader(
  bytes: Uint8Array,
): { readonly piece: number; readonly from: number; readonly to: number } | undefined {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header.compare(magic, 0, magic.length, 0, magic.length) !== 0) return undefined;
  const [piece, from, to] = [
    header.readUInt32BE(8),
    header.readUInt32BE(12),
    header.readUInt32BE(16),
  ];
  if (header.readUInt32BE(20) !== checkOf(piece, from, to) || from >= to) return undefined;
  return { piece, from, to };
}

function encodeHeader(piece: number, from: number, to: number): Uint8Array {
  const header = Buffer.alloc(slotHeaderBytes);
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
