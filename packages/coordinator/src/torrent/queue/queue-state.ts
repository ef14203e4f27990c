import type { LiveEngineSettings } from "@troupe/control";
import type { QueueLimits } from "./queue-plan.ts";

type ActiveLimits = Pick<LiveEngineSettings, "maxActiveDownloads" | "maxActiveSeeds">;

/** The limits of an engine's queue. */
export class QueueState {
  /** Undefined until a limit is set; until then no torrent waits. */
  limits: QueueLimits | undefined;

  constructor(limits: ActiveLimits) {
    this.set(limits);
  }

  /** Sets the limits. Once set they remain, as `Infinity` when removed, so that the torrents that wait are admitted. */
  set({ maxActiveDownloads, maxActiveSeeds }: ActiveLimits): void {
    const isLimited = maxActiveDownloads !== undefined || maxActiveSeeds !== undefined;
    if (!isLimited && this.limits === undefined) return;
    this.limits = {
      downloads: maxActiveDownloads ?? Infinity,
      seeds: maxActiveSeeds ?? Infinity,
    };
  }
}
