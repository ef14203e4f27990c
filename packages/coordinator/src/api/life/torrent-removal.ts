// The removal of a torrent by its user.

import { settlesWithin, type ReplyOf } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { ApiProtocol, TorrentId } from "@troupe/messages";
import { silentDiskCode } from "../../silent-disk.ts";
import { callLimits } from "../call-limits.ts";
import { refusalError } from "../refusal-error.ts";
import type { TorrentServices } from "../torrent-services.ts";

/** For many files on a slow disk. */
const removeDataDeadlineMs = 630_000;

/** A state folder that does not answer delays the removal by this much. */
const savedWithinMs = 5_000;

/** `cut-off`: of an earlier run, which removed files too. */
export type Removal = "torrent" | "torrent-and-files" | "cut-off";

/** A torrent that is removed. */
interface RemovedTorrent {
  readonly info: { readonly name: string };
  readonly id: TorrentId;
  readonly isQuarantined: boolean;
  addToEngine(): Promise<void>;
}

/**
 * Has the engine stop the torrent and remove its record; record and files of a job that another program runs stay. The
 * removal of files is listed first, so that the next restore finishes it if this program ends meanwhile.
 *
 * A removal that was cut off stays listed while its folder is missing or empty: its volume may be away.
 *
 * @throws TroupeError the code of the first file that could not be removed; with `isDataRemoved` also `already-running`,
 *   `disk-not-answering`; of a removal that was cut off `ENOENT`.
 */
export async function forgetTorrent(
  services: TorrentServices,
  torrent: RemovedTorrent,
  removal: Removal,
): Promise<void> {
  const { lock, timers } = services;
  const isDataRemoved = removal !== "torrent";
  const notHeld = await lock.take().then(
    () => undefined,
    (error: Error & { readonly code?: string }) => error,
  );
  if (removal === "cut-off" && lock.isProvisional) {
    await removeFromEngine(services, torrent, { isOurs: false, isDataRemoved: false });
    throw volumeAway(torrent, lock.folder);
  }
  const isOurs = notHeld === undefined;
  if (isOurs && isDataRemoved) {
    // A removal that cannot be listed frees the space that the list needs.
    await settlesWithin(timers, savedWithinMs, services.saveRemoval());
  }
  let data: RemovedData;
  try {
    data = await removeFromEngine(services, torrent, { isOurs, isDataRemoved });
  } catch (error) {
    // Files may be left: the next restore removes them.
    if (isOurs && !isDataRemoved) await services.forgetSaved();
    throw error;
  }
  if (isOurs) await services.forgetSaved();
  if (isDataRemoved && notHeld?.code === silentDiskCode) throw notHeld;
  if (isDataRemoved && !isOurs) {
    throw new TroupeError("already-running", "another program runs this torrent: its files stay");
  }
  const refusal = data === undefined || "refused" in data ? data : data.left[0];
  if (refusal !== undefined) throw refusalError(refusal);
}

function volumeAway({ info }: RemovedTorrent, folder: string): TroupeError {
  return new TroupeError(
    "ENOENT",
    `cannot finish the removal of "${info.name}": its folder "${folder}" is missing or empty. Its volume may be away: the next start tries again. Adding the torrent again ends the removal`,
  );
}

type RemovedData = ReplyOf<ApiProtocol, "remove-torrent">["data"];

/**
 * A quarantined torrent is added first, because only the engine finds its record; so is a torrent whose files a crashed
 * engine was removing.
 */
async function removeFromEngine(
  { untilAnswered, engine }: TorrentServices,
  torrent: RemovedTorrent,
  { isOurs, isDataRemoved }: { readonly isOurs: boolean; readonly isDataRemoved: boolean },
): Promise<RemovedData> {
  const limits = isDataRemoved ? { ...callLimits, deadlineMs: removeDataDeadlineMs } : callLimits;
  let isToBeAdded = torrent.isQuarantined;
  // Once: if that crashes the engine again, its successor does not get the torrent.
  let mayBeAdded = true;
  const { data } = await untilAnswered(async () => {
    if (isToBeAdded && mayBeAdded) {
      mayBeAdded = false;
      await torrent.addToEngine();
    }
    isToBeAdded = isDataRemoved;
    const rights = { isRecordRemoved: isOurs, isDataRemoved: isDataRemoved && isOurs };
    return await engine.call("remove-torrent", { torrent: torrent.id, ...rights }, limits);
  });
  return data;
}
