import { settingsOfGroup } from "@troupe/control";
import { hasContent, type TorrentJob } from "../../torrent/torrent-job.ts";
import { slotsOf } from "../../torrent/choking/slot-level.ts";
import { weightOf } from "../../torrent/weight.ts";
import type { Engine } from "../base/engine-state.ts";
import { slotLevels } from "./upload-slots.ts";

/** Shares the slots of all torrents once a second: slots that a torrent does not need go to others. */
export function shareSlots(
  engine: Pick<Engine, "options" | "settings" | "torrents" | "uploadSlots">,
): void {
  const { options, settings, torrents, uploadSlots } = engine;
  const serving = [...torrents.values()]
    .filter((job) => job.choker.wanted > 0 && hasContent(job) && isServing(job))
    .map((job) => ({ job, group: job.group, weight: weightOf(job), ...slotNeeds(job) }));
  const before = uploadSlots.levels;
  uploadSlots.levels = slotLevels(
    options.uploadSlots ?? "rate",
    serving,
    (group) => settingsOfGroup(group, settings.values).uploadSlots,
  );
  for (const one of serving)
    if (slotsOf(uploadSlots.levels, one) > slotsOf(before, one)) one.job.choker.slotsAdded();
}

function slotNeeds({ choker }: TorrentJob) {
  const { wanted, use } = choker;
  return { wanted, use };
}

function isServing({ isRunning, state }: TorrentJob): boolean {
  return isRunning && state !== "paused";
}
