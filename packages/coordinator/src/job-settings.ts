import type { AddTorrent, JobSettings } from "@troupe/messages";

/** The settings in a job's record. @param priorities Per file; undefined: 1 each. */
export function settingsOf(
  {
    extraTrackers,
    useTrackers,
    announce,
    maxPeers,
    mode,
    isSequential = false,
    names = "own",
    queuePlace,
    webSeeds = [],
    goals = {},
    limits = {},
    isSuperSeed = false,
    isUploadOff = false,
    seedChoker = "round-robin",
  }: Omit<AddTorrent, "metainfo">,
  priorities: readonly number[] | undefined,
): JobSettings {
  return {
    extraTrackers,
    useTrackers,
    maxPeers,
    isSeedOnly: mode === "seed-only",
    isSequential,
    ...(names === "own" && { names }),
    ...(announce !== "parallel" && { announce }),
    ...(queuePlace !== undefined && { queuePlace }),
    ...(webSeeds.length > 0 && { webSeeds }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(isSuperSeed && { isSuperSeed }),
    ...(isUploadOff && { isUploadOff }),
    ...(seedChoker !== "round-robin" && { seedChoker }),
    ...(priorities !== undefined && { priorities }),
    ...(Object.keys(goals).length > 0 && { goals }),
  };
}

/** Whether a torrent of this mode has a lock and state that outlives it. */
export function isKept(mode: AddTorrent["mode"]): boolean {
  return mode === "download" || mode === "seed-only";
}
