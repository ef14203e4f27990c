import { descriptorUse } from "@troupe/actor-runtime";
import type { OwnUse } from "./measures.ts";

/** CPU time, memory and descriptors of this process, with all of its threads. */
export function ownUse(): OwnUse {
  const { user, system } = process.cpuUsage();
  const { open } = descriptorUse();
  return {
    cpuMs: (user + system) / 1_000,
    rssBytes: process.memoryUsage.rss(),
    descriptors: open,
  };
}

/** Use in the windows of a thread that shares its process with the describing thread. */
export const noUse: OwnUse = { cpuMs: 0, rssBytes: 0, descriptors: 0 };
