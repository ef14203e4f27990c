// How a torrent's files look from outside, so that one that is started again need not hash what nobody has touched.

import type { Context, Disk } from "@troupe/actor-runtime";
import type { Storage } from "./storage.ts";
import { filePath } from "./storage.ts";
import { inTurns } from "./turns.ts";

/** Files looked at in one turn: about a millisecond of a local disk. */
const filesPerTurn = 256;

/**
 * @param storage One whose files nobody is writing to.
 * @returns Text that differs as soon as a file was written to, cut, replaced, made or removed; undefined when one
 *   could not be looked at.
 */
export async function filesMark(
  { timers, sha1 }: { readonly timers: Context["timers"]; readonly sha1: Context["sha1"] },
  disk: Disk,
  storage: Storage,
): Promise<string | undefined> {
  const lines: string[] = [];
  try {
    await inTurns(timers, storage.files.length, filesPerTurn, (file) => {
      if (storage.files[file]?.isPadding !== true)
        lines.push(lookOf(disk, filePath(storage, file)));
      return true;
    });
  } catch {
    return undefined;
  }
  return Buffer.from(sha1(Buffer.from(lines.join("\n")))).toString("hex");
}

function lookOf(disk: Disk, path: string): string {
  const found = disk.stat(path);
  if (found === undefined) return "-";
  const { kind, device, inode, lengthBytes, mtimeNs } = found;
  return `${kind} ${device} ${inode} ${lengthBytes} ${mtimeNs}`;
}
