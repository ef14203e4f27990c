import { firstPace, type Pace } from "./pace.ts";
import type { QueueLimits } from "./queue-plan.ts";

/** The facts about a torrent that the queue decides by. */
export class QueueFacts {
  /** The last known kind: the pieces of a torrent that starts are not known yet. */
  kind: keyof QueueLimits = "downloads";
  pace: Pace = firstPace;
}
