import type { TorrentProgress } from "@troupe/messages";
import type { TorrentJob } from "../torrent-job.ts";
import { progressOf } from "./status.ts";

/** Reports the figures of this moment. */
export function reportProgress({ told, outbox }: TorrentJob, progress: TorrentProgress): void {
  told.tell(progress);
  outbox.emit({ event: "progress", ...progress });
}

/** Reports the figures if they have changed; called once a second. */
export function reportChangedProgress(job: TorrentJob): void {
  const progress = progressOf(job);
  if (job.told.isNews(progress)) reportProgress(job, progress);
}
