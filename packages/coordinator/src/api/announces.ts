// The answer to an announce, on the user's thread.

import { TroupeError } from "@troupe/control";
import type { TrackerWait } from "@troupe/messages";

/**
 * The trackers of an announce, without trackers that want no further announce (BEP 31).
 *
 * @throws TroupeError `announce-too-early` when none of the trackers permits an announce yet.
 */
export function announcedOrThrow(trackers: readonly TrackerWait[]): readonly TrackerWait[] {
  const willing = trackers.filter(({ inSeconds }) => inSeconds !== Infinity);
  const soonest = willing.toSorted((one, other) => one.inSeconds - other.inSeconds)[0];
  const first = soonest ?? trackers[0];
  if (first === undefined || soonest?.inSeconds === 0) return willing;
  const host = URL.parse(first.url)?.host ?? "a tracker";
  const wish =
    soonest === undefined
      ? "wants no further announce"
      : `takes the next announce in ${soonest.inSeconds} s`;
  const message = `cannot announce yet: ${host} ${wish}`;
  throw new TroupeError("announce-too-early", message, { details: { trackers: willing } });
}
