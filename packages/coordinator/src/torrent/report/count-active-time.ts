import type { TorrentJob } from "../torrent-job.ts";
import type { Activity } from "./active-time.ts";

/** Counts the time of a torrent in the swarm until now. */
export function countActiveTime(job: TorrentJob, nowMs: number): void {
  job.activeTime.look(nowMs, activityOf(job));
}

function activityOf({ isComplete, state }: TorrentJob): Activity {
  if (state !== "active" && state !== "metadata") return "none";
  return isComplete ? "seed" : "download";
}
