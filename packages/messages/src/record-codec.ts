// A job record as bytes:
//
//    0  8   "troupeJR"
//    8  4   version, 2 (all numbers little-endian)
//   12  4   bytes of the JSON text
//   16  4   pieces
//   20  4   files, 0 for a job that has never run
//   24  4   bytes of the priorities: 0, or two a file
//   28  4   0
//   32      JSON, then four bitfields (had, durable, suspect, unsampled), priorities, file facts (40 bytes each)
//   −20 20  SHA-1 of all before it
//
// Version 1 has no bitfield `unsampled`, and file facts of 32 bytes without the change time, which reads as 0.
//
// The decoder is a gate: an accepted record is whole, of a known version and within its bounds.

import type { JobRecord } from "./job-record.ts";
import { bitfieldBytes } from "./layouts/piece-map.ts";
import { recordJson, readRecordJson } from "./record-json.ts";
import { RecordError } from "./record-error.ts";

/** Hashes parts in order. */
export type Sha1 = (...parts: readonly Uint8Array[]) => Uint8Array;

const magic = new TextEncoder().encode("troupeJR");
const version = 2;
const headBytes = 32;
const digestBytes = 20;
/** Differences between versions. */
interface Layout {
  readonly bitfields: number;
  /** 64-bit words a file. */
  readonly factWords: number;
}
const layouts: ReadonlyMap<number, Layout> = new Map([
  [1, { bitfields: 3, factWords: 4 }],
  [version, { bitfields: 4, factWords: 5 }],
]);
const factBytes = 40;
/** Pieces of the largest torrent; a record with more counts as damaged. */
const pieceLimit = 2 ** 21;
/** Files of a record; a record with more counts as damaged. */
const fileLimit = 2 ** 21;
/** Bytes of a record's settings and counters; a larger record counts as damaged. */
const jsonLimitBytes = 2 ** 20;
/** Bytes of the largest record. */
export const recordLimitBytes: number =
  headBytes + jsonLimitBytes + (4 * pieceLimit) / 8 + fileLimit * (2 + factBytes) + digestBytes;

/** @returns A record in memory of its own. */
export function encodeRecord(record: JobRecord, sha1: Sha1): Uint8Array {
  const json = recordJson(record);
  const priorities = new Uint8Array(Uint16Array.from(record.priorities ?? []).buffer);
  const facts = new Uint8Array(
    record.files.buffer,
    record.files.byteOffset,
    record.files.byteLength,
  );
  const { had, durable, suspect, unsampled } = record;
  const parts = [json, had, durable, suspect, unsampled, priorities, facts];
  const bodyBytes = parts.reduce((sum, part) => sum + part.byteLength, headBytes);
  const bytes = new Uint8Array(bodyBytes + digestBytes);
  bytes.set(magic);
  const head = new DataView(bytes.buffer);
  const numbers = [
    version,
    json.byteLength,
    record.pieceCount,
    facts.byteLength / factBytes,
    priorities.byteLength,
  ];
  for (const [index, number] of numbers.entries()) head.setUint32(8 + 4 * index, number, true);
  let at = headBytes;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  bytes.set(sha1(bytes.subarray(0, bodyBytes)), bodyBytes);
  return bytes;
}

/**
 * @returns The record, with arrays in memory of their own.
 * @throws RecordError `record-foreign`, `record-newer`, `record-damaged`.
 */
export function decodeRecord(bytes: Uint8Array, sha1: Sha1): JobRecord {
  if (bytes.byteLength < headBytes + digestBytes) throw damaged(`it has ${bytes.byteLength} bytes`);
  if (!startsWith(bytes, magic)) throw new RecordError("record-foreign", "it is not a job record");
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (index: number): number => head.getUint32(8 + 4 * index, true);
  // Before the digest: another version may end differently.
  const layout = layouts.get(number(0));
  if (layout === undefined) {
    const message = `it is of version ${number(0)}, this program knows versions 1 to ${version}`;
    throw new RecordError("record-newer", message);
  }
  const bodyBytes = bytes.byteLength - digestBytes;
  const digest = sha1(bytes.subarray(0, bodyBytes));
  if (!startsWith(bytes.subarray(bodyBytes), digest)) throw damaged("its digest does not match");
  const [jsonBytes = 0, pieceCount = 0, fileCount = 0, priorityBytes = 0] = [1, 2, 3, 4].map(
    number,
  );
  const { bitfields, factWords } = layout;
  const fieldBytes = bitfieldBytes(pieceCount);
  const factsBytes = fileCount * factWords * 8;
  const dueBytes = headBytes + jsonBytes + bitfields * fieldBytes + priorityBytes + factsBytes;
  const isBounded =
    jsonBytes <= jsonLimitBytes && pieceCount <= pieceLimit && fileCount <= fileLimit;
  if (!isBounded || dueBytes !== bodyBytes || number(5) !== 0)
    throw damaged("its lengths do not add up");
  let at = headBytes;
  const take = (lengthBytes: number): Uint8Array => bytes.slice(at, (at += lengthBytes));
  const json = readRecordJson(take(jsonBytes));
  const takeBits = (): Uint8Array => bitfield(take(fieldBytes), pieceCount);
  const [had, durable, suspect] = [takeBits(), takeBits(), takeBits()];
  const unsampled = bitfields === 4 ? takeBits() : new Uint8Array(fieldBytes);
  if (priorityBytes % 2 !== 0) throw damaged("its priorities do not add up");
  const priorities = [...new Uint16Array(take(priorityBytes).buffer)];
  const files = widened(new BigUint64Array(take(factsBytes).buffer), factWords);
  const chosen = priorities.length > 0 && { priorities };
  return { ...json, ...chosen, pieceCount, had, durable, suspect, unsampled, files };
}

/** @returns Undefined for a record that {@link decodeRecord} refuses. */
export function readableRecord(bytes: Uint8Array, sha1: Sha1): JobRecord | undefined {
  try {
    return decodeRecord(bytes, sha1);
  } catch (error) {
    if (error instanceof RecordError) return undefined;
    throw error;
  }
}

/** @returns Facts of five words a file, with 0 for words of later versions. */
function widened(facts: BigUint64Array, words: number): BigUint64Array {
  const wideWords = factBytes / 8;
  if (words === wideWords) return facts;
  const wide = new BigUint64Array((facts.length / words) * wideWords);
  for (const [at, fact] of facts.entries()) {
    wide[Math.floor(at / words) * wideWords + (at % words)] = fact;
  }
  return wide;
}

function bitfield(bits: Uint8Array, pieceCount: number): Uint8Array {
  const spareBits = bits.byteLength * 8 - pieceCount;
  if (((bits.at(-1) ?? 0) & ((1 << spareBits) - 1)) !== 0) throw damaged("a spare bit is set");
  return bits;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}

function damaged(why: string): RecordError {
  return new RecordError("record-damaged", why);
}
