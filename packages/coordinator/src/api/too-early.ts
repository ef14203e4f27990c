import { TroupeError } from "@troupe/control";
import type { TrackerWait } from "@troupe/messages";

/** The trackers of an announce. @throws TroupeError `announce-too-early` when each of them wants none yet. */
export function announcedOrThrow(trackers: readonly TrackerWait[]): readonly TrackerWait[] {
  const first = trackers.toSorted((one, other) => one.inSeconds - other.inSeconds)[0];
  if (first === undefined || first.inSeconds === 0) return trackers;
  const host = URL.parse(first.url)?.host ?? "a tracker";
  const message = `cannot announce yet: ${host} takes the next announce in ${first.inSeconds} s`;
  throw new TroupeError("announce-too-early", message, { details: { trackers } });
}
