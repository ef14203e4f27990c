// The status of a torrent and its reason in words.

import type { ListRow } from "../events/list-row.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { statusOf } from "./status.ts";

/** A status in words. */
interface StatusText {
  readonly name: string;
  /** Why it is so. Empty: the name says it all. */
  readonly reason: string;
  /** The reason is a sentence of the service. */
  readonly isForeign: boolean;
}

/** The status of a torrent in words. */
export function statusText(row: ListRow): StatusText {
  const name = texts.list.statuses[statusOf(row)];
  return row.fault === undefined
    ? { name, reason: ownReason(row), isForeign: false }
    : { name, reason: row.fault, isForeign: true };
}

function ownReason(row: ListRow): string {
  const { list } = texts;
  switch (row.state) {
    case "active":
      return row.isComplete ? seedReason(row) : downloadReason(row);
    case "starting":
      return list.opening;
    case "checking":
      return list.hashing;
    case "metadata":
      return row.peers === 0
        ? list.lookingForPeers
        : list.from(row.peers, shown.count(row.peers), shown.count(row.peers));
    case "queued":
      return list.place(shown.count(row.queuePosition + 1));
    case "paused":
      return list.keepsConnections;
    case "stopped":
      return row.isComplete ? list.whole : list.partial;
    case "stopping":
      return list.ending;
    case "error":
      return "";
  }
}

function downloadReason({ peers, sendingPeers }: ListRow): string {
  const { list } = texts;
  if (peers === 0) return list.lookingForPeers;
  const all = shown.count(peers);
  return sendingPeers === 0
    ? list.noneSends(peers, all)
    : list.from(peers, shown.count(sendingPeers), all);
}

function seedReason({ gettingPeers, peers }: ListRow): string {
  const { list } = texts;
  if (peers === 0) return list.waitingForPeers;
  const all = shown.count(peers);
  return gettingPeers === 0
    ? list.noneTakes(peers, all)
    : list.to(peers, shown.count(gettingPeers), all);
}
