// The removal of a torrent by its user.

import type { ReplyOf } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/api-base";
import type { EngineProtocol, TorrentId } from "@troupe/messages";
import { silentDiskCode } from "../../silent-disk.ts";
import { refusalError } from "../refusal-error.ts";
import type { TorrentServices } from "../torrent-services.ts";

/** A stop takes 2 s at most; the rest is for a busy engine. */
const removeDeadlineMs = 10_000;
/** For many files on a slow disk. */
const removeDataDeadlineMs = 630_000;

/**
 * Has the engine stop the torrent and remove its record; record and files of a job that another program runs stay. A
 * quarantined torrent is added first: only the engine finds its record.
 *
 * @throws TroupeError the code of the first file that could not be removed; with `isDataRemoved` also `already-running`,
 *   `disk-not-answering`.
 */
export async function forgetTorrent(
  services: TorrentServices,
  torrent: {
    readonly id: TorrentId;
    readonly isQuarantined: boolean;
    addToEngine(): Promise<void>;
  },
  isDataRemoved: boolean,
): Promise<void> {
  const { lock, untilAnswered, engine } = services;
  const deadlineMs = isDataRemoved ? removeDataDeadlineMs : removeDeadlineMs;
  const notHeld = await lock.take().then(
    () => undefined,
    (error: Error & { readonly code?: string }) => error,
  );
  const isRecordRemoved = notHeld === undefined;
  // Once: if the engine crashes again, its successor does not get the torrent.
  let isToBeAdded = torrent.isQuarantined;
  let data: ReplyOf<EngineProtocol, "remove-torrent">["data"];
  try {
    ({ data } = await untilAnswered(async () => {
      if (isToBeAdded) {
        isToBeAdded = false;
        await torrent.addToEngine();
      }
      const isOurs = isDataRemoved && isRecordRemoved;
      const question = { torrent: torrent.id, isRecordRemoved, isDataRemoved: isOurs };
      return await engine.call("remove-torrent", question, { deadlineMs });
    }));
  } finally {
    if (isRecordRemoved) await services.forgetSaved();
  }
  if (isDataRemoved && notHeld?.code === silentDiskCode) throw notHeld;
  if (isDataRemoved && !isRecordRemoved) {
    throw new TroupeError("already-running", "another program runs this torrent: its files stay");
  }
  const refusal = data === undefined || "refused" in data ? data : data.left[0];
  if (refusal !== undefined) throw refusalError(refusal);
}
