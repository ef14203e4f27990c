// The environment variables of Transmission's scripts.

import { ownVersion } from "@troupe/protocol/client-identity";
import { cleanText } from "@troupe/protocol/text";

/** Strangers made names and trackers; the environment of a process is bounded. */
const longestValue = 4_096;
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
/** Priorities as Transmission numbers them. */
const priorities = { low: -1, normal: 0, high: 1 } as const;

/** The facts of a torrent that its variables have. */
interface NamedTorrent {
  readonly infoHash: string;
  /** From 1. */
  readonly id: number;
  readonly name: string;
  readonly directory: string;
  readonly labels: readonly string[];
  readonly priority: keyof typeof priorities;
  readonly trackers: readonly (readonly string[])[];
  /** Payload of all runs. */
  readonly downloadedBytes: number;
}

/** The variables of a torrent, with the time of the run. Control characters and line ends in them are cleaned away. */
export function torrentVariables(
  torrent: NamedTorrent,
  epochMs: number,
): Readonly<Record<string, string>> {
  const { directory, downloadedBytes, id, infoHash, labels, name, priority, trackers } = torrent;
  return {
    TR_APP_VERSION: ownVersion,
    TR_TIME_LOCALTIME: localTime(new Date(epochMs)),
    TR_TORRENT_BYTES_DOWNLOADED: String(downloadedBytes),
    TR_TORRENT_DIR: directory,
    TR_TORRENT_HASH: infoHash,
    TR_TORRENT_ID: String(id),
    TR_TORRENT_LABELS: cleanText(labels.join(","), longestValue),
    TR_TORRENT_NAME: cleanText(name, longestValue),
    TR_TORRENT_PRIORITY: String(priorities[priority]),
    TR_TORRENT_TRACKERS: cleanText(trackers.flat().join(","), longestValue),
  };
}

/** Writes a time like `Thu Nov 26 01:30:27 2026`. */
function localTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  const day = `${days[time.getDay()]} ${months[time.getMonth()]} ${two(time.getDate())}`;
  return `${day} ${clock} ${time.getFullYear()}`;
}
