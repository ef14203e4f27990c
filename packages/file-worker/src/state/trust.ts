// Decides which pieces of a record are trusted when a job starts, by how the last run ended and how each file looks
// now:
//
//   last run      file                                         pieces in it
//   clean         device, inode, length and both times equal   had: believed; others: missing
//   clean         equal but for the change time                had: doubted; others: missing
//   clean         anything else                                hashed
//   cut off       the same device and inode, not shorter,      durable: believed, some of them hashed as samples;
//                 not older                                    others: hashed, they may have been written
//   cut off       the same with an equal modification time     durable: doubted; others: hashed
//                 and another change time
//   cut off       anything else                                hashed
//
// A doubted piece is hashed before it counts, while the torrent runs. A piece is believed only if all its files agree.
// A piece written before a failed sync is never believed. Bytes of a missing file are missing; a piece with bytes in
// the part file is hashed. Samples that the last run did not hash carry over.

import type { Random } from "@troupe/actor-runtime";
import { bitfieldBytes, type JobRecord, type KnownPieces, type Verify } from "@troupe/messages";
import {
  addBits,
  bitsInBoth,
  bitsWithout,
  clearBit,
  fillBits,
  nextBit,
  setBit,
} from "@troupe/protocol/peer";
import type { Storage } from "../storage.ts";
import { compareGrownFacts, isPresent, compareFacts } from "./file-facts.ts";

/** Plus a piece per this many bytes of a file. */
const samplesPerFile = 2;
const bytesPerSample = 256 * 1024 * 1024;

/** Facts of a record about pieces and files. */
export type TrustedRecord = Pick<
  JobRecord,
  "durable" | "files" | "had" | "isOpenForWriting" | "pieceCount" | "suspect" | "unsampled"
>;

/** Input of the decision. */
interface TrustQuestion extends Pick<Storage, "facts" | "files" | "map"> {
  /** Undefined without a usable record. */
  readonly record: TrustedRecord | undefined;
  /** The stamp of the store equals that of the record. */
  readonly isUnchanged: boolean;
  readonly parted: readonly number[];
  readonly verify: Verify;
  readonly random: Random;
}

/** Bitfields in wire order. */
interface Trust extends Omit<KnownPieces, "counters" | "peers" | "problem"> {
  /** Trusted and durable. */
  readonly durable: Uint8Array;
}

/** Decides which pieces are trusted. */
export function decideTrust(question: TrustQuestion): Trust {
  const { record, map, verify, parted } = question;
  const { pieceCount } = map;
  const isUsable =
    record !== undefined &&
    record.pieceCount === pieceCount &&
    record.files.length === question.facts.length &&
    verify !== "full";
  if (!isUsable) return nothingTrusted(question, pieceCount);
  const { isOpenForWriting, suspect } = record;
  const toHash = new Uint8Array(bitfieldBytes(pieceCount));
  const trusted = bitsWithout(isOpenForWriting ? record.durable : record.had, suspect);
  const doubtful = toHash.slice();
  const likeness = likenessOf(question, isOpenForWriting);
  const believed: FilePieces[] = [];
  const touched: number[] = [];
  forEachFile(question, (file, first, last) => {
    const likenessNow = likeness(record.files, question.facts, file);
    if (likenessNow === "same") {
      believed.push({ file, first, last });
    } else if (likenessNow === "touched") {
      touched.push(file);
      fillBits(doubtful, first, last, true);
    } else {
      fillBits(trusted, first, last, false);
      fillBits(toHash, first, last, true);
    }
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
  const doubted = bitsInBoth(trusted, doubtful);
  trusted.set(bitsWithout(trusted, doubted));
  const samples = bitsInBoth(record.unsampled, trusted);
  if (verify === "none") samples.fill(0);
  else if (isOpenForWriting) addSamples(question, trusted, believed, samples);
  return {
    trusted,
    durable: bitsInBoth(trusted, record.durable),
    toHash,
    doubted,
    touched,
    samples,
  };
}

/** With equal stamps no file is looked at by itself: those that exist are as they were. */
function likenessOf(
  { isUnchanged }: TrustQuestion,
  isOpenForWriting: boolean,
): typeof compareFacts {
  if (isUnchanged) return (_, is, file) => (isPresent(is, file) ? "same" : "other");
  return isOpenForWriting ? compareGrownFacts : compareFacts;
}

/** Everything found is hashed. */
function nothingTrusted(question: TrustQuestion, pieceCount: number): Trust {
  const none = new Uint8Array(bitfieldBytes(pieceCount));
  const toHash = none.slice();
  fillBits(toHash, 0, pieceCount - 1, true);
  dropAbsent(question, toHash);
  for (const piece of question.parted) setBit(toHash, piece);
  // The journal changes this copy.
  const durable = none.slice();
  return { trusted: none, durable, toHash, doubted: none, touched: [], samples: none };
}

interface FilePieces {
  readonly file: number;
  readonly first: number;
  readonly last: number;
}

function dropAbsent(question: TrustQuestion, bits: Uint8Array): void {
  forEachFile(question, (file, first, last) => {
    if (!isPresent(question.facts, file)) fillBits(bits, first, last, false);
  });
}

function forEachFile(
  { files, map }: TrustQuestion,
  visit: (file: number, first: number, last: number) => void,
): void {
  for (const [file, { isPadding }] of files.entries()) {
    const pieces = isPadding === true ? undefined : map.piecesOf(file);
    if (pieces !== undefined) visit(file, ...pieces);
  }
}

/** Random pieces, for each file by its length. */
function addSamples(
  { files, random }: TrustQuestion,
  trusted: Uint8Array,
  believed: readonly FilePieces[],
  samples: Uint8Array,
): void {
  const left = bitsWithout(trusted, samples);
  for (const { file, first, last } of believed) {
    const { lengthBytes = 0 } = files[file] ?? {};
    const due = samplesPerFile + Math.floor(lengthBytes / bytesPerSample);
    for (let count = countTo(due, samples, first, last); count < due; count += 1) {
      const from = first + random.integer(last - first + 1);
      const piece = nextBit(left, from, last) ?? nextBit(left, first, from);
      if (piece === undefined) break;
      clearBit(left, piece);
      setBit(samples, piece);
    }
  }
}

/** Set bits, at most `limit`. */
function countTo(limit: number, bits: Uint8Array, first: number, last: number): number {
  let count = 0;
  let at = nextBit(bits, first, last);
  while (at !== undefined && count < limit) {
    count += 1;
    at = nextBit(bits, at + 1, last);
  }
  return count;
}
