import { firstPace, type Pace } from "./pace.ts";
import type { QueueLimits } from "./queue-plan.ts";

/** The input of the queue about a torrent. */
export class QueueInput {
  /** The last known kind: the pieces of a torrent that starts are not known yet. */
  kind: keyof QueueLimits = "downloads";
  pace: Pace = firstPace;
}
