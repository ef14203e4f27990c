// Unfinished files: a file has the suffix on the disk until all its pieces are written, and then gets its name.

import type { PlacedFile, StorageCompleted, StorageRefusal } from "@troupe/messages";
import { inBatches } from "../pieces/batches.ts";
import type { Answer } from "../refusals.ts";
import { fileOf, placeOf, type Storage } from "../storage.ts";
import { moveTo, type RenameState } from "./rename-files.ts";

const filesPerTurn = 256;

/**
 * Gives those files their names whose pieces are all written. A file whose name is taken keeps the suffix.
 *
 * @param files Default: all with a suffix.
 * @returns The files that have got their names.
 */
export function finishWritten(
  state: RenameState,
  storage: Storage,
  files: Iterable<number> = [...storage.unfinished.keys()],
): StorageCompleted {
  const finished: PlacedFile[] = [];
  for (const file of files) {
    if (!storage.unfinished.has(file) || !hasAll(state, storage, file)) continue;
    if (finish(state, storage, file) === undefined) finished.push(placeOf(storage, file));
  }
  return namesOf(finished);
}

/**
 * Gives all files whose pieces are all written their names, in turns.
 *
 * @returns The files that have got their names, or why a file cannot get its name.
 */
export async function finishAll(state: RenameState, storage: Storage): Answer<StorageCompleted> {
  const files = [...storage.unfinished.keys()];
  const finished: PlacedFile[] = [];
  const refusal = await inBatches(state.context.timers, files.length, filesPerTurn, (index) => {
    const file = files[index] ?? 0;
    if (!storage.unfinished.has(file) || !hasAll(state, storage, file)) return undefined;
    const refused = finish(state, storage, file);
    if (refused === undefined) finished.push(placeOf(storage, file));
    return refused;
  });
  return refusal ?? namesOf(finished);
}

function namesOf(finished: readonly PlacedFile[]): StorageCompleted {
  return finished.length === 0 ? {} : { finished };
}

function finish(state: RenameState, storage: Storage, file: number): StorageRefusal | undefined {
  const { path } = fileOf(storage, file);
  const name = (path.at(-1) ?? "").slice(0, -(storage.suffix?.text.length ?? 0));
  const refusal = moveTo(state, storage, file, [...path.slice(0, -1), name]);
  if (refusal === undefined) storage.unfinished.delete(file);
  return refusal;
}

/** Whether all pieces of a file are written, and none of its bytes is in the part file. */
function hasAll({ journals }: RenameState, storage: Storage, file: number): boolean {
  const { map, partFile, unfinished } = storage;
  const journal = journals.get(storage);
  const [first, last] = map.piecesOf(file) ?? [0, -1];
  if (journal === undefined || last < first || partFile?.parted.has(file) === true) return false;
  // The search begins at the piece that was missing at the last look.
  const from = unfinished.get(file) ?? first;
  const missing = journal.missingIn(from, last) ?? journal.missingIn(first, from - 1);
  if (missing !== undefined) unfinished.set(file, missing);
  return missing === undefined;
}
