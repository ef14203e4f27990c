// By what a file is recognised: four 64-bit words each, device, inode, length in bytes, time of the last change in ns.
// The length of a file that is not there is `absentLength`, its other words are 0.

import type { FileStat } from "@troupe/actor-runtime";

/** Words of one file. */
export const factWords = 4;
const absentLength = 2n ** 64n - 1n;

/** Notes how a file looks; undefined: there is none. */
export function setFacts(facts: BigUint64Array, file: number, found: FileStat | undefined): void {
  const at = file * factWords;
  facts[at] = found?.device ?? 0n;
  facts[at + 1] = found?.inode ?? 0n;
  facts[at + 2] = found === undefined ? absentLength : BigInt(found.lengthBytes);
  facts[at + 3] = found?.mtimeNs ?? 0n;
}

/** Facts of so many files, of which none is there. */
export function absentFacts(fileCount: number): BigUint64Array {
  const facts = new BigUint64Array(fileCount * factWords);
  for (let at = 2; at < facts.length; at += factWords) facts[at] = absentLength;
  return facts;
}

/** Whether there is a file. */
export function isThere(facts: BigUint64Array, file: number): boolean {
  return facts[file * factWords + 2] !== absentLength;
}

/** Whether a file is the one of the record and nobody has touched it. */
export function isSameFile(was: BigUint64Array, is: BigUint64Array, file: number): boolean {
  const at = file * factWords;
  return (
    isThere(is, file) &&
    was[at] === is[at] &&
    was[at + 1] === is[at + 1] &&
    was[at + 2] === is[at + 2] &&
    was[at + 3] === is[at + 3]
  );
}

/** Whether a file is the one of the record and may only have been written to. */
export function isGrownFile(was: BigUint64Array, is: BigUint64Array, file: number): boolean {
  const at = file * factWords;
  return (
    isThere(is, file) &&
    isThere(was, file) &&
    was[at] === is[at] &&
    was[at + 1] === is[at + 1] &&
    (was[at + 2] ?? 0n) <= (is[at + 2] ?? 0n) &&
    (was[at + 3] ?? 0n) <= (is[at + 3] ?? 0n)
  );
}
