import { checkGate, queuePosition } from "@troupe/control";
import type { QueuePosition } from "../options/generated/torrent-options.ts";

/**
 * The position from 0 that the caller asks for.
 *
 * @param present The present position of the torrent.
 * @throws TroupeError `option-out-of-range`
 */
export function positionOf(position: QueuePosition, present: number): number {
  switch (position) {
    case "top":
      return 0;
    case "bottom":
      return Number.MAX_SAFE_INTEGER;
    case "up":
      return Math.max(0, present - 1);
    case "down":
      return present + 1;
    default:
      return Number(checkGate(queuePosition, "queuePosition", position));
  }
}
