// Renames that were cut off, or came while the torrent did not run: the next start carries them out.

import type { Disk, Timers } from "@troupe/actor-runtime";
import type { PlacedFile, StorageRefusal } from "@troupe/messages";
import { inBatches } from "../pieces/batches.ts";
import { systemCode } from "../refusals.ts";
import { renewFacts } from "../state/file-facts.ts";
import { foldersBelow, removeIfEmpty } from "./empty-folders.ts";
import { isRecorded, type FileRecord } from "./file-owner.ts";
import { earlierPlace, lookAt, type LookRules, type PlacedFiles } from "./file-places.ts";
import { pathIn, type Folders } from "./folders.ts";

const filesPerTurn = 256;

/** How renames are carried out: the record gets the facts of the renamed files. */
interface RenameRules extends LookRules {
  readonly record: FileRecord;
}

/**
 * Gives renamed files their paths. A file whose path is taken waits until the file that lies there has left it, and stays
 * at its earlier path if it does not.
 */
export async function carryOutRenames(
  timers: Pick<Timers, "soon">,
  disk: Disk,
  placed: PlacedFiles,
  rules: RenameRules,
): Promise<void> {
  const renamed = [...placed.others.keys()].filter((file) => isRenamed(placed, file));
  const waiting = new Map<string, number>();
  await inBatches(timers, renamed.length, filesPerTurn, (index) => {
    // A turn follows the files that wait for each other: at most as many as the torrent has renames.
    for (let file = renamed[index]; file !== undefined;) {
      const left = carryOut(disk, placed, file, { rules, waiting })?.join("/") ?? "";
      file = waiting.get(left);
      waiting.delete(left);
    }
    return undefined;
  });
}

/**
 * A file that cannot get its path stays at its earlier one, which another file may have now.
 *
 * @param places The files that are not at their paths.
 * @returns `rename-taken` if two files lie at one path.
 */
export function refuseSharedPlaces(
  placed: PlacedFiles,
  places: readonly PlacedFile[],
): StorageRefusal | undefined {
  const earlier = places.filter(({ file }) => isRenamed(placed, file));
  if (earlier.length === 0) return undefined;
  const holders = new Map(earlier.map(({ file, path }) => [path, file]));
  for (const [file, { path: parts, isPadding }] of placed.files.entries()) {
    const holder = holders.get(parts.join("/")) ?? file;
    if (holder === file || isPadding === true) continue;
    const path = pathIn(placed.folders, parts);
    const message = `cannot use "${path}" for file ${file}: file ${holder} of the torrent is still there, since something has its new path; move that away, or rename file ${holder}`;
    return { refused: "rename-taken", message, path };
  }
  return undefined;
}

function isRenamed({ others }: PlacedFiles, file: number): boolean {
  return others.get(file)?.some(({ use }) => use === "earlier") === true;
}

/** @returns The path that the file has left. */
function carryOut(
  disk: Disk,
  placed: PlacedFiles,
  file: number,
  { rules, waiting }: { readonly rules: RenameRules; readonly waiting: Map<string, number> },
): readonly string[] | undefined {
  const { files, folders } = placed;
  const { absent, record } = rules;
  const own = lookAt(disk, folders, files[file]?.path ?? [], absent);
  if (own === "refused" || (own !== undefined && isRecorded(record, file, own))) return undefined;
  const place = earlierPlace(disk, placed, file, rules);
  if (place === undefined) return undefined;
  const { from, to, found } = place;
  if (!rename(disk, folders, from, to)) {
    waiting.set(to.join("/"), file);
    return undefined;
  }
  absent?.clear();
  const after = lookAt(disk, folders, to);
  renewFacts(record.files, file, found, after === "refused" ? undefined : after);
  return from;
}

/** @returns False when the path is taken, or the disk refuses: the file stays where it is. */
function rename(
  disk: Disk,
  folders: Folders,
  from: readonly string[],
  to: readonly string[],
): boolean {
  if (folders.make(to) !== undefined) return false;
  try {
    if (disk.stat(pathIn(folders, to)) !== undefined) return false;
    disk.rename(pathIn(folders, from), pathIn(folders, to));
    const { root } = folders;
    for (const folder of foldersBelow(root, [from])) removeIfEmpty(disk, root, folder);
    folders.forgetProofs();
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}
