// What is believed of a record when a job starts. A table, by how the last run ended and how each file looks now:
//
//   last run      file                                        pieces in it
//   clean         device, inode, length and time equal        had: believed; others: missing
//   clean         anything else                               hashed
//   cut off       the same device and inode, not shorter,     durable: believed, two of them hashed as a sample;
//                 not older                                   others: hashed, they may have been written
//   cut off       anything else                               hashed
//
// A piece is believed when all its files say so. One that was written before a sync that failed is never believed.
// What lies in a file that is not there is missing; a piece with bytes in the part file is hashed.

import type { Random } from "@troupe/actor-runtime";
import type { JobRecord, StoredFile, Verify } from "@troupe/messages";
import { bitfieldBytes } from "@troupe/messages";
import {
  addBits,
  bitsInBoth,
  bitsWithout,
  clearBit,
  fillBits,
  nextBit,
  setBit,
  type FileMap,
} from "@troupe/protocol";
import { isGrownFile, isSameFile, isThere } from "./file-facts.ts";

/** Pieces hashed of each file, and of all files together. */
const samplesPerFile = 2;
const samplesInAll = 64;

/** What is known, was noted and was asked for. */
export interface TrustQuestion {
  /** Undefined: there is none that can be used. */
  readonly record: JobRecord | undefined;
  /** How the files look now. */
  readonly facts: BigUint64Array;
  /** Pieces with bytes in the part file. */
  readonly parted: readonly number[];
  readonly files: readonly StoredFile[];
  readonly map: FileMap;
  readonly pieceLengthBytes: number;
  readonly verify: Verify;
  readonly random: Random;
}

/** Bitfields in wire order. */
export interface Trust {
  /** Had, without a look. */
  readonly trusted: Uint8Array;
  /** Those of them that are durable. */
  readonly durable: Uint8Array;
  /** To be hashed; what is in neither is missing. */
  readonly toHash: Uint8Array;
  /** Believed ones to be hashed all the same: a bad one disproves its files. */
  readonly samples: readonly number[];
}

/** Decides what is believed. */
export function decideTrust(question: TrustQuestion): Trust {
  const { record, map, pieceLengthBytes, verify, parted } = question;
  const pieceCount = Math.ceil(map.totalBytes / pieceLengthBytes);
  const isUsable =
    record !== undefined &&
    record.pieceCount === pieceCount &&
    record.files.length === question.facts.length &&
    verify !== "full";
  const toHash = new Uint8Array(bitfieldBytes(pieceCount));
  if (!isUsable) {
    fillBits(toHash, 0, pieceCount - 1, true);
    dropAbsent(question, toHash);
    for (const piece of parted) setBit(toHash, piece);
    const none = new Uint8Array(toHash.length);
    return { trusted: none, durable: none.slice(), toHash, samples: [] };
  }
  const { isOpenForWriting, suspect } = record;
  const trusted = bitsWithout(isOpenForWriting ? record.durable : record.had, suspect);
  const isBelieved = isOpenForWriting ? isGrownFile : isSameFile;
  const believed: (readonly [number, number])[] = [];
  forEachFile(question, (file, first, last) => {
    if (isBelieved(record.files, question.facts, file)) {
      believed.push([first, last]);
      return;
    }
    fillBits(trusted, first, last, false);
    fillBits(toHash, first, last, true);
  });
  if (isOpenForWriting) {
    fillBits(toHash, 0, pieceCount - 1, true);
    toHash.set(bitsWithout(toHash, trusted));
  } else addBits(toHash, suspect);
  dropAbsent(question, toHash);
  for (const piece of parted) {
    clearBit(trusted, piece);
    setBit(toHash, piece);
  }
  const isSampled = isOpenForWriting && verify === "sample";
  return {
    trusted,
    durable: bitsInBoth(trusted, record.durable),
    toHash,
    samples: isSampled ? samplesOf(trusted, believed, question.random) : [],
  };
}

function dropAbsent(question: TrustQuestion, bits: Uint8Array): void {
  forEachFile(question, (file, first, last) => {
    if (!isThere(question.facts, file)) fillBits(bits, first, last, false);
  });
}

/** Those with bytes of their own. */
function forEachFile(
  { files, map, pieceLengthBytes }: TrustQuestion,
  visit: (file: number, first: number, last: number) => void,
): void {
  for (const [file, { isPadding }] of files.entries()) {
    const pieces = isPadding === true ? undefined : map.piecesOf(file, pieceLengthBytes);
    if (pieces !== undefined) visit(file, ...pieces);
  }
}

/** Of more files than samples, the ones that chance picks. */
function samplesOf(
  trusted: Uint8Array,
  ranges: readonly (readonly [number, number])[],
  random: Random,
): readonly number[] {
  const samples = new Set<number>();
  const left = [...ranges];
  while (left.length > 0 && samples.size < samplesInAll) {
    const at = random.integer(left.length);
    const [first, last] = left[at] ?? [0, -1];
    left[at] = left.at(-1) ?? [0, -1];
    left.pop();
    for (let count = 0; count < samplesPerFile && samples.size < samplesInAll; count += 1) {
      const from = first + random.integer(last - first + 1);
      const piece = nextBit(trusted, from, last) ?? nextBit(trusted, first, from);
      if (piece !== undefined) samples.add(piece);
    }
  }
  return [...samples].toSorted((one, other) => one - other);
}
