import type { AddTorrent, EngineOptions } from "@troupe/messages";
import type { LockKeepers } from "../lock/lock-keepers.ts";
import { addRequest, withRecordedNames } from "../options/add-options.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { fileNamesOf } from "./file-name-settings.ts";
import { placeJob, placeLook } from "./job-place.ts";
import type { LoadedSource } from "./load-metainfo.ts";
import type { SessionState } from "./session-state.ts";

/** Services that answer questions about folders. */
interface Places {
  readonly state: SessionState;
  readonly locks: LockKeepers;
}

/**
 * The request of an added torrent at its folder, with the names of its files, the dates and the mark of its record there.
 *
 * @throws TroupeError as `addRequest` and `placeJob`.
 */
export async function placedRequest(
  loaded: LoadedSource,
  options: AddOptions,
  queueRank: number,
  engine: EngineOptions,
  { state, locks }: Places,
): Promise<AddTorrent> {
  const set = { ...engine.fileNames, queueRank };
  const asked = addRequest(loaded, options, engine, state.home, set);
  const placed = await placeJob(asked, loaded, engine.settings ?? {}, placeLook(state, locks));
  const job = await state.jobOnRecord(loaded, placed.directory);
  if (job === undefined) return placed;
  const { dates, isServed, settings } = job;
  return {
    ...withRecordedNames(placed, fileNamesOf(settings)),
    ...(dates && { dates }),
    ...(isServed && { isServed }),
  };
}
