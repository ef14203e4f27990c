import type { AddTorrent } from "@troupe/messages";

/** Whether a torrent of this mode has a lock and state that outlives it. */
export function isKept(mode: AddTorrent["mode"]): boolean {
  return mode === "download" || mode === "seed-only";
}
