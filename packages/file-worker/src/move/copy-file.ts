// Copies a file to a free name with its holes and mode, syncs, compares, and repeats if the file changed meanwhile.

import type { Disk } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import { identityOf, isUnchanged, type FileIdentity } from "./move-intent.ts";

const chunkBytes = 1024 * 1024;
/** Aligned zeros of this length become a hole. */
const holeBytes = 16 * 1024;
/** Bounds the time of a call on a slow disk. */
const syncEveryBytes = 16 * chunkBytes;
/** For a file that keeps changing. */
const maxTries = 3;
const zeros = new Uint8Array(holeBytes);

/** A copy and its source. */
interface CopiedFile {
  /** Identity of the source, equal before and after the read. */
  readonly source: FileIdentity;
  readonly target: FileIdentity;
}

/**
 * @param to A temporary name of ours; an existing file is removed.
 * @returns `file-changed` when the file changed during each try, `EIO` when the copy differs from the written bytes.
 * @throws errors of the disk.
 */
export function copyFile(disk: Disk, from: string, to: string): CopiedFile | StorageRefusal {
  for (let tries = 0; tries < maxTries; tries += 1) {
    if (disk.stat(to) !== undefined) disk.remove(to);
    const copied = copyOnce(disk, from, to);
    if (copied !== "changed") return copied;
  }
  const message = `cannot copy "${from}": it was changed during each of ${maxTries} tries`;
  return { refused: "file-changed", message, path: from };
}

function copyOnce(disk: Disk, from: string, to: string): CopiedFile | StorageRefusal | "changed" {
  const input = disk.open(from, "read");
  try {
    const output = disk.open(to, "create-new");
    try {
      const found = disk.statFile(input);
      copyBytes(disk, input, output, found.lengthBytes);
      disk.setAccess(output, { mode: found.mode });
      disk.sync(output);
      const isSame = haveSameBytes(disk, input, output, found.lengthBytes);
      if (!isUnchanged(found, disk.statFile(input))) return "changed";
      if (isSame) return { source: identityOf(found), target: identityOf(disk.statFile(output)) };
      const message = `cannot copy "${from}": the copy is not what was written: "${to}"`;
      return { refused: "EIO", message, path: to };
    } finally {
      disk.close(output);
    }
  } finally {
    disk.close(input);
  }
}

function copyBytes(disk: Disk, input: number, output: number, lengthBytes: number): void {
  const bytes = new Uint8Array(chunkBytes);
  let unsynced = 0;
  for (let at = 0; at < lengthBytes; at += chunkBytes) {
    const chunk = bytes.subarray(0, disk.read(input, [bytes], at));
    for (const [from, until] of dataRanges(chunk)) {
      disk.write(output, [chunk.subarray(from, until)], at + from);
      unsynced += until - from;
    }
    if (unsynced < syncEveryBytes) continue;
    disk.sync(output);
    unsynced = 0;
  }
  disk.truncate(output, lengthBytes);
}

/** The ranges between holes. */
function dataRanges(part: Uint8Array): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (let at = 0; at < part.length; at += holeBytes) {
    const until = Math.min(at + holeBytes, part.length);
    const isHole = Buffer.compare(part.subarray(at, until), zeros.subarray(0, until - at)) === 0;
    if (isHole) continue;
    const last = runs.at(-1);
    if (last?.[1] === at) last[1] = until;
    else runs.push([at, until]);
  }
  return runs;
}

function haveSameBytes(disk: Disk, input: number, output: number, lengthBytes: number): boolean {
  const [one, other] = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)];
  for (let at = 0; at < lengthBytes; at += chunkBytes) {
    const [first, second] = [disk.read(input, [one], at), disk.read(output, [other], at)];
    const isSame = Buffer.compare(one.subarray(0, first), other.subarray(0, second)) === 0;
    if (!isSame) return false;
  }
  return disk.statFile(output).lengthBytes === lengthBytes;
}
