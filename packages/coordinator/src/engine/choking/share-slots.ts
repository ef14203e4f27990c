import { hasContent, type TorrentJob } from "../../torrent/torrent-job.ts";
import type { Engine } from "../base/engine-state.ts";
import { slotsPerTorrent } from "./upload-slots.ts";

/** Shares the slots of all torrents once a second: slots that a torrent does not need go to others. */
export function shareSlots(engine: Pick<Engine, "options" | "torrents" | "uploadSlots">): void {
  const { options, torrents, uploadSlots } = engine;
  const chokers = [...torrents.values()]
    .filter((job) => job.choker.wanted > 0 && hasContent(job) && isServing(job))
    .map(({ choker }) => choker);
  const before = uploadSlots.perTorrent;
  uploadSlots.perTorrent = slotsPerTorrent(options.uploadSlots ?? "rate", chokers);
  if (uploadSlots.perTorrent <= before) return;
  for (const choker of chokers) choker.slotsAdded();
}

function isServing({ isRunning, state }: TorrentJob): boolean {
  return isRunning && state !== "paused";
}
