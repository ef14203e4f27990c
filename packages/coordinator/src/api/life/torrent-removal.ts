// The removal of a torrent by its user.

import type { ReplyOf } from "@troupe/actor-runtime";
import type { EngineProtocol, TorrentId } from "@troupe/messages";
import { refusalError, silentDiskCode, TroupeError } from "../../troupe-error.ts";
import type { TorrentServices } from "../torrent-services.ts";

/** A stop takes two seconds at most; the rest is for a busy engine. */
const removeDeadlineMs = 10_000;
/** For many files on a slow disk. */
const removeDataDeadlineMs = 630_000;

/**
 * Has the engine stop and forget the torrent, with its record. If another program runs the same job, record and files stay. A
 * quarantined torrent is added to the engine first: only the engine can find its record.
 *
 * @throws TroupeError the code of the first file that could not be removed; if files were to be removed,
 *   `already-running` or `disk-not-answering`.
 */
export async function forgetTorrent(
  { lock, untilAnswered, engine, forgetSaved }: TorrentServices,
  torrent: {
    readonly id: TorrentId;
    readonly isQuarantined: boolean;
    addToEngine(): Promise<void>;
  },
  isDataRemoved: boolean,
): Promise<void> {
  const deadlineMs = isDataRemoved ? removeDataDeadlineMs : removeDeadlineMs;
  const notHeld = await lock.take().then(
    () => undefined,
    (error: Error & { readonly code?: string }) => error,
  );
  const isRecordRemoved = notHeld === undefined;
  // Added once: if the engine crashes at it again, its successor neither knows the torrent nor removes its record.
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
    if (isRecordRemoved) await forgetSaved();
  }
  if (isDataRemoved && notHeld?.code === silentDiskCode) throw notHeld;
  if (isDataRemoved && !isRecordRemoved) {
    throw new TroupeError("already-running", "another program runs this torrent: its files stay");
  }
  const refusal = data === undefined || "refused" in data ? data : data.left[0];
  if (refusal !== undefined) throw refusalError(refusal);
}
