// The bytes of the history in its file, little-endian:
//
//   0   16  "troupe rates 1\n\0"
//   16  32  SHA-256 of all that follows
//   48      of each span, the shortest first:
//             f64 number of its latest slot, -1: none
//             f64 × slots downBytes, f64 × slots upBytes, u32 × slots measuredMs

import { createHash } from "node:crypto";
import { ringShapes, spanNames, type HistoryContent, type SpanName } from "./rate-history.ts";
import type { RingContent, RingShape } from "./rate-ring.ts";

const magic = Buffer.from("troupe rates 1\n\0", "latin1");
const digestBytes = 32;
const headBytes = magic.length + digestBytes;

/** The length of the file, 35 KB. A file of another length is damaged. */
export const historyBytes =
  headBytes + spanNames.reduce((sum, span) => sum + ringBytes(ringShapes[span]), 0);

/** Slots of a later time are damage: the year 5138. */
const latestMs = 1e14;
/** More bytes a slot are damage: 1 TB a second for an hour. */
const mostBytes = 3.6e15;

function ringBytes({ slots }: RingShape): number {
  return 8 + slots * (8 + 8 + 4);
}

/** @returns The file; its memory belongs to the caller. */
export function encodeHistory(content: HistoryContent): Uint8Array {
  const file = Buffer.alloc(historyBytes);
  magic.copy(file);
  let at = headBytes;
  for (const span of spanNames) at = writeRing(file, at, content[span]);
  digestOf(file).copy(file, magic.length);
  return file;
}

/** @returns Undefined for bytes that no {@link encodeHistory} gave. */
export function decodeHistory(bytes: Uint8Array): HistoryContent | undefined {
  if (bytes.length !== historyBytes) return undefined;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!file.subarray(0, magic.length).equals(magic)) return undefined;
  if (!file.subarray(magic.length, headBytes).equals(digestOf(file))) return undefined;
  const rings: Partial<Record<SpanName, RingContent>> = {};
  let at = headBytes;
  for (const span of spanNames) {
    const ring = readRing(file, at, ringShapes[span]);
    if (ring === undefined) return undefined;
    rings[span] = ring;
    at += ringBytes(ringShapes[span]);
  }
  return rings as HistoryContent;
}

function digestOf(file: Buffer): Buffer {
  return createHash("sha256").update(file.subarray(headBytes)).digest();
}

function writeRing(file: Buffer, start: number, ring: RingContent): number {
  let at = file.writeDoubleLE(ring.newest ?? -1, start);
  for (const bytes of ring.downBytes) at = file.writeDoubleLE(bytes, at);
  for (const bytes of ring.upBytes) at = file.writeDoubleLE(bytes, at);
  for (const measured of ring.measuredMs) at = file.writeUInt32LE(measured, at);
  return at;
}

function readRing(
  file: Buffer,
  start: number,
  { slotMs, slots }: RingShape,
): RingContent | undefined {
  const newest = file.readDoubleLE(start);
  const isSlot = Number.isSafeInteger(newest) && newest >= -1 && newest * slotMs < latestMs;
  const bytesAt = (at: number) => file.readDoubleLE(at);
  const downBytes = Float64Array.from({ length: slots }, (_, slot) =>
    bytesAt(start + 8 + slot * 8),
  );
  const upStart = start + 8 + slots * 8;
  const upBytes = Float64Array.from({ length: slots }, (_, slot) => bytesAt(upStart + slot * 8));
  const measuredStart = upStart + slots * 8;
  const measuredMs = Uint32Array.from({ length: slots }, (_, slot) =>
    file.readUInt32LE(measuredStart + slot * 4),
  );
  const isSound = (bytes: number) => bytes >= 0 && bytes <= mostBytes;
  if (!isSlot || !downBytes.every(isSound) || !upBytes.every(isSound)) return undefined;
  return { newest: newest < 0 ? undefined : newest, downBytes, upBytes, measuredMs };
}
