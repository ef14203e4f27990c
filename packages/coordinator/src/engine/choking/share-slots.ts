import { hasContent, type TorrentJob } from "../../torrent/torrent-job.ts";
import { slotsAt } from "../../torrent/choking/slot-level.ts";
import { weightOf } from "../../torrent/weight.ts";
import type { Engine } from "../base/engine-state.ts";
import { slotLevel } from "./upload-slots.ts";

/** Shares the slots of all torrents once a second: slots that a torrent does not need go to others. */
export function shareSlots(engine: Pick<Engine, "options" | "torrents" | "uploadSlots">): void {
  const { options, torrents, uploadSlots } = engine;
  const jobs = [...torrents.values()].filter(
    (job) => job.choker.wanted > 0 && hasContent(job) && isServing(job),
  );
  const demands = jobs.map((job) => {
    const { wanted, use } = job.choker;
    return { weight: weightOf(job), wanted, use };
  });
  const before = uploadSlots.level;
  uploadSlots.level = slotLevel(options.uploadSlots ?? "rate", demands);
  for (const job of jobs) {
    const weight = weightOf(job);
    if (slotsAt(uploadSlots.level, weight) > slotsAt(before, weight)) job.choker.slotsAdded();
  }
}

function isServing({ isRunning, state }: TorrentJob): boolean {
  return isRunning && state !== "paused";
}
