import type { TorrentProgress } from "@troupe/messages";
import type { TorrentJob } from "../torrent-job.ts";
import { progressOf } from "./status.ts";

/** Reports the figures of this moment. */
export function reportProgress({ reported, outbox }: TorrentJob, progress: TorrentProgress): void {
  reported.note(progress);
  outbox.emit({ event: "progress", ...progress });
}

/** Reports the figures; called once a second. A torrent without peers that has all that it wants reports changes only. */
export function reportEverySecond(job: TorrentJob): void {
  const progress = progressOf(job);
  if (job.reported.isNews(progress) || !isAtRest(job)) reportProgress(job, progress);
}

function isAtRest({ content, peers }: TorrentJob): boolean {
  return content?.ledger.isComplete === true && peers.isEmpty;
}
