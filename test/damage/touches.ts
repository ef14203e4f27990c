// Changes to data files between two runs, and their undoing: inode and modification time are restored to the
// nanosecond. The change time cannot be restored.

import { execFileSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { SeededRandom } from "@troupe/actor-runtime/simulated";

export const touchKinds = [
  "changed",
  "changed and its time put back",
  "shorter",
  "gone",
  "replaced",
  "older",
] as const;

/**
 * Touches one file in a way that the next start has to see (docs/state.md): a run that was cut off may have been
 * writing, so that what is written into its files without making them shorter or older is seen by samples only.
 *
 * @param spare Folder on the same volume for what is put aside.
 * @returns Undoes it.
 */
export function touch(
  path: string,
  spare: string,
  wasCutOff: boolean,
  random: SeededRandom,
): () => void {
  const aside = join(spare, "aside");
  const kind = touchKinds[wasCutOff ? 2 + random.integer(4) : random.integer(6)];
  if (kind === "gone" || kind === "replaced") {
    renameSync(path, aside);
    if (kind === "replaced") writeFileSync(path, random.bytes(readFileSync(aside).length));
    return () => {
      rmSync(path, { force: true });
      renameSync(aside, path);
    };
  }
  cpSync(path, aside);
  execFileSync("touch", ["-r", path, aside]);
  const right = readFileSync(path);
  const at = random.integer(right.length);
  if (kind === "shorter") truncateSync(path, at);
  else overwrite(path, Buffer.of(~(right[at] ?? 0)), at);
  if (kind === "changed and its time put back") execFileSync("touch", ["-r", aside, path]);
  if (kind === "older") execFileSync("touch", ["-d", "2001-01-01", path]);
  return () => {
    overwrite(path, right, 0);
    execFileSync("touch", ["-r", aside, path]);
    rmSync(aside);
  };
}

function overwrite(path: string, bytes: Uint8Array, at: number): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}
