import { firstPace, type Pace } from "./pace.ts";
import type { QueueLimits } from "./queue-plan.ts";

/** The facts of a torrent that its queue decides by. */
export class QueueFacts {
  /** As last known: the pieces of a torrent that starts are not. */
  kind: keyof QueueLimits = "downloads";
  pace: Pace = firstPace;
}
