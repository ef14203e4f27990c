// A torrent that its user removes.

import type { ReplyOf } from "@troupe/actor-runtime";
import type { EngineProtocol } from "@troupe/messages";
import { refusalError, TroupeError } from "../../troupe-error.ts";
import type { TorrentServices } from "../torrent-services.ts";
import type { Torrent } from "../torrent.ts";

/** Stopping takes two seconds at most; the rest is for an engine that has much to do. */
const removeDeadlineMs = 10_000;
/** Many files on a slow disk. */
const removeDataDeadlineMs = 630_000;

/**
 * Has it stopped and forgotten by the engine and on record. Another program that runs the same job goes on, keeps its
 * record and its files. One that was quarantined is told to the engine first, which alone can find what belongs to it.
 *
 * @throws TroupeError the code of the first file that was to go and could not, or, when files were to go,
 *   `already-running` or `disk-not-answering`.
 */
export async function forgetTorrent(
  { lock, untilAnswered, engine, forgetSaved }: TorrentServices,
  torrent: Pick<Torrent, "id" | "isSetAside" | "addAgain">,
  isDataRemoved: boolean,
): Promise<void> {
  const deadlineMs = isDataRemoved ? removeDataDeadlineMs : removeDeadlineMs;
  const notHeld = await lock.take().then(
    () => undefined,
    (error: Error & { readonly code?: string }) => error,
  );
  const isRecordRemoved = notHeld === undefined;
  // Once: should the engine die of it again, nothing is known of it in the next one, and nothing done there.
  let isToBeTold = torrent.isSetAside;
  let data: ReplyOf<EngineProtocol, "remove-torrent">["data"];
  try {
    ({ data } = await untilAnswered(async () => {
      if (isToBeTold) {
        isToBeTold = false;
        await torrent.addAgain();
      }
      const isOurs = isDataRemoved && isRecordRemoved;
      const question = { torrent: torrent.id, isRecordRemoved, isDataRemoved: isOurs };
      return await engine.call("remove-torrent", question, { deadlineMs });
    }));
  } finally {
    if (isRecordRemoved) await forgetSaved();
  }
  if (isDataRemoved && notHeld?.code === "disk-not-answering") throw notHeld;
  if (isDataRemoved && !isRecordRemoved) {
    throw new TroupeError("already-running", "another program runs this torrent: its files stay");
  }
  const refusal = data === undefined || "refused" in data ? data : data.left[0];
  if (refusal !== undefined) throw refusalError(refusal);
}
