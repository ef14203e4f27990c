// The status of a torrent as people tell it, from its state and its completeness.

import type { ListRow } from "../events/list-row.ts";

/** Statuses in the order of the filter. */
export const statuses = [
  ...(["downloading", "seeding", "metadata", "checking"] as const),
  ...(["queued", "paused", "stopped", "error"] as const),
] as const;

/** The status of a torrent. */
export type Status = (typeof statuses)[number];

/** The status of a torrent. */
export function statusOf({ isComplete, state }: Pick<ListRow, "isComplete" | "state">): Status {
  switch (state) {
    case "active":
    case "starting":
      return isComplete ? "seeding" : "downloading";
    case "stopping":
      return "stopped";
    case "checking":
    case "error":
    case "metadata":
    case "paused":
    case "queued":
    case "stopped":
      return state;
  }
}
