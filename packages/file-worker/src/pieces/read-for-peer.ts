// Reads for peers: a changed file is announced once, so that the engine checks its pieces.

import type { ReadBlocks, StorageRefusal } from "@troupe/messages";
import { isRefusal } from "../refusals.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { acceptingStorage } from "../storage.ts";
import { readBlocks } from "./read-blocks.ts";

/** @returns An empty object when the bytes are in place, or the refusal of {@link readBlocks}. */
export function readForPeer(state: FileState, request: ReadBlocks): {} | StorageRefusal {
  const storage = acceptingStorage(state, request.torrent);
  if (isRefusal(storage)) return storage;
  const { changed } = storage.identities;
  const changedBefore = changed.size;
  const answer = readBlocks(state.disk, state.files, state.slabs, storage, request);
  if (!isRefusal(answer) || answer.file === undefined) return answer;
  // A failed read adds at most its own file to the changed files.
  const wasKnown = changed.has(answer.file) && changed.size === changedBefore;
  if (!wasKnown) emitReadFailed(state, request, answer);
  return answer;
}

/** Without room for the notice the next failed read sends it. */
function emitReadFailed(
  { context, storages }: FileState,
  { torrent, position, lengthBytes }: ReadBlocks,
  refusal: StorageRefusal,
): void {
  if (context.noticeCredits > 0) {
    context.emit("read-failed", { torrent, position, lengthBytes, ...refusal });
  } else if (refusal.file !== undefined) {
    storages.get(torrent)?.identities.changed.delete(refusal.file);
  }
}
