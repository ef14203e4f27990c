// Accepts a file that was changed from outside.

import type { StorageRefusal, TorrentId } from "@troupe/messages";
import { isRefusal } from "../refusals.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { acceptingStorage, lookAtFile } from "../storage.ts";
import { forgetIdentity } from "./file-identity.ts";

/** Replaces a file's identity by its present state: its pieces have been, or will be, hashed. */
export function acceptFile(
  state: FileState,
  { torrent, file }: { readonly torrent: TorrentId; readonly file: number },
): {} | StorageRefusal {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return storage;
  state.files.closeFile(storage, file);
  forgetIdentity(storage, file);
  return lookAtFile(state.disk, storage, file) ?? {};
}
