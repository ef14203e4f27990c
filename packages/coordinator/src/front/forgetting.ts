// A torrent that its user removes.

import type { TorrentId } from "@troupe/messages";
import type { TorrentParts } from "./torrent-parts.ts";

/**
 * Has it stopped and forgotten by the engine and on record; its files stay. Another program that runs the same job
 * goes on, and keeps its record.
 *
 * @param id Its number in the engine at hand.
 */
export async function forgetTorrent(
  { lock, patiently, engine, forgetCopies }: TorrentParts,
  id: () => TorrentId,
  deadlineMs: number,
): Promise<void> {
  const isRecordForgotten = await lock.take().then(
    () => true,
    () => false,
  );
  await patiently(() => {
    const question = { torrent: id(), isRecordForgotten };
    return engine.call("remove-torrent", question, { deadlineMs });
  });
  if (isRecordForgotten) await forgetCopies();
}
