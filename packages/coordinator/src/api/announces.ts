// The answer to an announce, on the user's thread.

import { TroupeError } from "@troupe/control";
import type { TrackerWait } from "@troupe/messages";

/** The trackers of an announce. @throws TroupeError `announce-too-early` when each of them wants none yet. */
export function announcedOrThrow(trackers: readonly TrackerWait[]): readonly TrackerWait[] {
  const first = trackers.toSorted((one, other) => one.inSeconds - other.inSeconds)[0];
  if (first === undefined || first.inSeconds === 0) return trackers;
  const host = URL.parse(first.url)?.host ?? "a tracker";
  const { inSeconds } = first;
  const wish =
    inSeconds === Infinity
      ? "wants no further announce"
      : `takes the next announce in ${inSeconds} s`;
  const message = `cannot announce yet: ${host} ${wish}`;
  throw new TroupeError("announce-too-early", message, { details: { trackers } });
}
