import type { AddTorrent, EngineOptions } from "@troupe/messages";
import type { LockKeepers } from "../lock/lock-keepers.ts";
import { addRequest, withRecordedNames } from "../options/add-options.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { fileNamesOf } from "./file-name-settings.ts";
import { placeJob, placeLook } from "./job-place.ts";
import type { LoadedSource } from "./load-metainfo.ts";
import type { SessionState } from "./session-state.ts";
import { strangerRequest, type StrangerBounds } from "./stranger-request.ts";

/** Services that answer questions about folders. */
interface Places {
  readonly state: SessionState;
  readonly locks: LockKeepers;
  /** The bounds of a caller elsewhere; undefined: the caller has none. */
  readonly stranger: StrangerBounds | undefined;
}

/**
 * The request of an added torrent at its folder, with the names of its files, the dates and the mark of its record there.
 *
 * @throws TroupeError as `addRequest`, `placeJob` and `strangerRequest`.
 */
export async function placedRequest(
  loaded: LoadedSource,
  options: AddOptions,
  queueRank: number,
  engine: EngineOptions,
  { state, locks, stranger }: Places,
): Promise<AddTorrent> {
  const set = { ...engine.fileNames, queueRank };
  const asked = addRequest(loaded, options, engine, state.home, set);
  const placed = await placeJob(asked, loaded, engine.settings ?? {}, placeLook(state, locks));
  const bounded = stranger === undefined ? placed : await strangerRequest(placed, stranger);
  const job = await state.jobOnRecord(loaded, bounded.directory);
  if (job === undefined) return bounded;
  const { dates, isServed, key, settings } = job;
  return {
    ...withRecordedNames(bounded, fileNamesOf(settings)),
    recordKey: key,
    ...(dates && { dates }),
    ...(isServed && { isServed }),
  };
}
