import { within } from "@troupe/control";
import type { EngineOptions } from "@troupe/messages";

type QueueSettings = Pick<EngineOptions, "maxActiveDownloads" | "maxActiveSeeds" | "maxChecks">;

const mostTorrents = 100_000;
/** A quarter of the checks that a check pool takes before it refuses. */
const mostChecks = 256;

/** The limits of the queue. @throws TroupeError `option-out-of-range` */
export function queueSettings({
  maxActiveDownloads,
  maxActiveSeeds,
  maxChecks,
}: {
  readonly [Name in keyof QueueSettings]?: QueueSettings[Name] | undefined;
}): QueueSettings {
  return {
    ...(maxActiveDownloads !== undefined && {
      maxActiveDownloads: within("maxActiveDownloads", maxActiveDownloads, 0, mostTorrents),
    }),
    ...(maxActiveSeeds !== undefined && {
      maxActiveSeeds: within("maxActiveSeeds", maxActiveSeeds, 0, mostTorrents),
    }),
    ...(maxChecks !== undefined && { maxChecks: within("maxChecks", maxChecks, 1, mostChecks) }),
  };
}
