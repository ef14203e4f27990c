// Five 64-bit words identify a file: device, inode, length in bytes, modification time and change time in ns. A user
// can set the modification time; only the system sets the change time. A missing file has the length `absentLength` and
// zeros. Portable facts are those of a record from another machine: the length and the modification time alone.

import type { HashedFiles, Sha1 } from "@troupe/messages";
import type { FileIdentity } from "../move/move-intent.ts";

/** The inode of a missing file whose place another file takes. */
const foreignInode = 1n;
/** Words per file. */
export const factWords = 5;
const absentLength = 2n ** 64n - 1n;
/** Change time in a record of a version that did not keep it. */
const unknownChange = 0n;
/** No file has this change time. */
const impossibleChange = 1n;

/** Device of portable facts, which no file has. */
const portableDevice = 2n ** 64n - 1n;

/** Sets a file's facts; undefined: it does not exist. */
export function setFacts(
  facts: BigUint64Array,
  file: number,
  found: FileIdentity | undefined,
): void {
  const at = file * factWords;
  facts[at] = found?.device ?? 0n;
  facts[at + 1] = found?.inode ?? 0n;
  facts[at + 2] = found === undefined ? absentLength : BigInt(found.lengthBytes);
  facts[at + 3] = found?.mtimeNs ?? 0n;
  facts[at + 4] = found?.ctimeNs ?? 0n;
}

/** Bytes that differ whenever a fact differs: the SHA-1 of all facts. */
export function stampOfFacts(facts: BigUint64Array, sha1: Sha1): Uint8Array {
  return sha1(new Uint8Array(facts.buffer, facts.byteOffset, facts.byteLength));
}

/** Copies a file's facts from `from`. */
export function copyFacts(facts: BigUint64Array, file: number, from: BigUint64Array): void {
  const at = file * factWords;
  facts.set(from.subarray(at, at + factWords), at);
}

/** Whether a file matches its facts. */
export function matchesFacts(
  facts: BigUint64Array,
  file: number,
  found: FileIdentity | undefined,
): boolean {
  const now = absentFacts(1);
  setFacts(now, 0, found);
  return now.every((fact, word) => fact === facts[file * factWords + word]);
}

/** Takes the new facts of a file that we have renamed, if the old facts matched: a rename changes the change time. */
export function renewFacts(
  facts: BigUint64Array,
  file: number,
  before: FileIdentity,
  after: FileIdentity | undefined,
): void {
  if (matchesFacts(facts, file, before)) setFacts(facts, file, after);
}

/** Facts of this many missing files. */
export function absentFacts(fileCount: number): BigUint64Array {
  const facts = new BigUint64Array(fileCount * factWords);
  for (let at = 2; at < facts.length; at += factWords) facts[at] = absentLength;
  return facts;
}

/** Facts of files as a run that ended in order would have recorded them; undefined: missing, or without bytes. */
export function factsOf(files: HashedFiles): BigUint64Array {
  const facts = absentFacts(files.length);
  for (const [file, found] of files.entries()) setFacts(facts, file, found);
  return facts;
}

/** Makes the next start hash the file's pieces: no file has these facts. */
export function invalidateFacts(facts: BigUint64Array, file: number): void {
  if (isPresent(facts, file)) facts[file * factWords + 4] = impossibleChange;
}

/** Marks a foreign file: it counts as missing, and has an inode. */
export function setForeign(facts: BigUint64Array, file: number): void {
  setFacts(facts, file, undefined);
  facts[file * factWords + 1] = foreignInode;
}

/** Whether a record marks a file as foreign. */
export function isForeign(facts: BigUint64Array, file: number): boolean {
  return !isPresent(facts, file) && facts[file * factWords + 1] === foreignInode;
}

/**
 * Makes facts portable. Those of missing files stay, and those of files whose pieces are to be hashed.
 *
 * @returns In memory of their own.
 */
export function portableFacts(facts: BigUint64Array): BigUint64Array {
  const portable = facts.slice();
  for (let at = 0; at < portable.length; at += factWords) {
    if (portable[at + 2] === absentLength || portable[at + 4] === impossibleChange) continue;
    portable[at] = portableDevice;
    portable[at + 1] = 0n;
    portable[at + 4] = unknownChange;
  }
  return portable;
}

/** Whether the facts of a file that exists are those of this one: by its inode, else by its length and modification time. */
export function isFileOf(
  facts: BigUint64Array,
  file: number,
  { inode, lengthBytes, mtimeNs }: Pick<FileIdentity, "inode" | "lengthBytes" | "mtimeNs">,
): boolean {
  const at = file * factWords;
  if (facts[at] !== portableDevice) return facts[at + 1] === inode;
  return facts[at + 2] === BigInt(lengthBytes) && facts[at + 3] === mtimeNs;
}

/** Whether the file exists. */
export function isPresent(facts: BigUint64Array, file: number): boolean {
  return facts[file * factWords + 2] !== absentLength;
}

/** A file compared with the record after an orderly end. */
type FactsComparison =
  /** Unchanged. */
  | "same"
  /** Only the change time differs: owner, mode or names changed, or content with a modification time put back. */
  | "touched"
  | "other";

/** Compares a file with the record of a run that ended in order. */
export function compareFacts(
  was: BigUint64Array,
  is: BigUint64Array,
  file: number,
): FactsComparison {
  const at = file * factWords;
  if (was[at] === portableDevice) return comparePortable(was, is, file);
  const isSame = [0, 1, 2, 3].every((word) => was[at + word] === is[at + word]);
  if (!isPresent(is, file) || !isSame) return "other";
  return isUnchanged(was, is, at) ? "same" : "touched";
}

/** For an interrupted run, which may have written to the file since. */
export function compareGrownFacts(
  was: BigUint64Array,
  is: BigUint64Array,
  file: number,
): FactsComparison {
  const at = file * factWords;
  if (was[at] === portableDevice) return comparePortable(was, is, file);
  const isSame = [0, 1].every((word) => was[at + word] === is[at + word]);
  const hasGrown = [2, 3, 4].every((word) => (was[at + word] ?? 0n) <= (is[at + word] ?? 0n));
  if (!isPresent(is, file) || !isPresent(was, file) || !isSame || !hasGrown) return "other";
  // A run's writes change the modification time.
  return was[at + 3] !== is[at + 3] || isUnchanged(was, is, at) ? "same" : "touched";
}

/** A run that was cut off on the other machine has no more trust: a file that grew since its record is hashed. */
function comparePortable(was: BigUint64Array, is: BigUint64Array, file: number): FactsComparison {
  const at = file * factWords;
  return [2, 3].every((word) => was[at + word] === is[at + word]) ? "same" : "other";
}

function isUnchanged(was: BigUint64Array, is: BigUint64Array, at: number): boolean {
  return was[at + 4] === unknownChange || was[at + 4] === is[at + 4];
}
