// The tree that a file-worker supervises.

import { siblingUrl, type SupervisorSpec } from "@troupe/actor-runtime";
import type { FileAccess } from "@troupe/messages";
import { DiskCallWatch, diskStampBytes } from "../files/disk-stamp.ts";

/**
 * @param access Permissions of new files.
 * @returns The tree of a file-worker, whose only thread starts on demand.
 */
export function fileMakerTree(access?: FileAccess): SupervisorSpec {
  let stamp = new SharedArrayBuffer(diskStampBytes);
  return {
    kind: "supervisor",
    name: "file-helpers",
    maxRestarts: 5,
    withinMs: 60_000,
    children: [
      {
        kind: "actor",
        name: "file-maker",
        entry: {
          name: "file-maker",
          url: siblingUrl(import.meta.url, "./file-maker.worker"),
          load: async () => (await import("./file-maker.actor.ts")).fileMakerActor,
        },
        options: () => {
          stamp = new SharedArrayBuffer(diskStampBytes);
          return { stamp, access };
        },
        restart: "transient",
        isOnDemand: true,
        shutdownMs: 1_000,
        role: "file-maker",
        mayBeSilent: () => new DiskCallWatch(stamp).isInCall,
      },
    ],
  };
}
