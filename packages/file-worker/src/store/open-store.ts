import type { NamedStore, OpenStorage, StorageOpened } from "@troupe/messages";
import { isRefusal, type Answer } from "../refusals.ts";
import { findRecord, openJournal } from "../state/jobs.ts";
import type { FileState } from "../storage-lifecycle.ts";
import type { Storage } from "../storage.ts";
import { openModule } from "./open-module.ts";

/** Opens a module in place of the files. Its pieces are hashed at each start, whatever its record says. */
export async function openStore(
  state: FileState,
  made: Storage,
  message: OpenStorage,
  named: NamedStore,
): Answer<StorageOpened> {
  const store = await openModule(state, made, message, named);
  if (isRefusal(store)) return store;
  const storage = Object.assign(made, { store });
  const { job, torrent, totalBytes: foundBytes } = message;
  const found = job && (await findRecord(state, storage, job));
  const known = found && job && (await openJournal(state, storage, job, found));
  if (isRefusal(known)) {
    await store.close();
    return known;
  }
  state.storages.set(torrent, storage);
  return { foundBytes, ...(known !== undefined && { known }) };
}
