import type { ProgressRow, TorrentProgress } from "@troupe/messages";
import type { TorrentJob } from "../torrent-job.ts";
import { progressOf } from "./status.ts";

/** Reports the figures of this moment. */
export function reportProgress({ reported, outbox }: TorrentJob, progress: TorrentProgress): void {
  reported.note(progress);
  outbox.emit({ event: "progress", ...progress });
}

/**
 * Reports the figures; called once a second. A torrent without peers that has all that it wants reports changes only.
 *
 * @param frame Takes the figures. Undefined: the user's thread is busy, and they wait with the other events of the torrent.
 */
export function reportEverySecond(job: TorrentJob, frame: ProgressRow[] | undefined): void {
  const progress = progressOf(job);
  if (!job.reported.isNews(progress) && isAtRest(job)) return;
  // Earlier events come first: a piece that is had adds to the figures before it.
  if (frame !== undefined) job.outbox.flush();
  if (frame === undefined || !job.outbox.isEmpty) return reportProgress(job, progress);
  job.reported.note(progress);
  frame.push({ torrent: job.id, progress });
}

function isAtRest({ content, peers }: TorrentJob): boolean {
  return content?.ledger.isComplete === true && peers.isEmpty;
}
