// The events of torrents for hooks, derived from rows: what a torrent is now, compared with what was noted of it. So an event
// that happens while the service is dead is seen at the next start.

import type { HookEvent } from "@troupe/control";
import type { TorrentRow } from "../../view/torrent-row.ts";

/** The facts of a torrent that hooks get. */
export interface EventTorrent {
  readonly infoHash: string;
  /** The number of the torrent in the run of the service that saw the event. */
  readonly id: number;
  readonly name: string;
  readonly directory: string;
  readonly labels: readonly string[];
  readonly group?: string;
  readonly priority: "high" | "low" | "normal";
  readonly trackers: readonly (readonly string[])[];
  readonly sizeBytes: number;
  /** Payload of all runs. */
  readonly downloadedBytes: number;
}

/** The facts that are left when the torrent is removed. */
type FactsLeft = Pick<
  EventTorrent,
  "directory" | "downloadedBytes" | "id" | "labels" | "name" | "priority" | "sizeBytes"
>;

/** Events of a torrent that hooks were told of, and the facts that are left when the torrent is removed. */
export interface NotedTorrent extends FactsLeft {
  readonly hasMetadata: boolean;
  readonly isComplete: boolean;
  /** Code of the present error. */
  readonly fault?: string;
  /** The torrent has reached its goals and was not seen at rest since. */
  readonly isAtGoal?: true;
  /** The torrent was removed. A service that died before the removal was on record brings it back, as it was. */
  readonly isGone?: true;
}

/** An event that is not noted yet. */
export interface NewEvent {
  readonly event: HookEvent;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A look at a torrent. */
interface SeenTorrent {
  readonly torrent: EventTorrent;
  readonly events: readonly NewEvent[];
  /** The note that follows from the row. */
  readonly noted: NotedTorrent;
  /** The note says something else than the one before. */
  readonly isNews: boolean;
}

/**
 * Compares a row with the note of its torrent.
 *
 * @param before Undefined: there is no note.
 * @param sinceMs Torrents that were added before hooks were set are noted without events. Since 1970.
 */
export function eventsOf(
  row: TorrentRow,
  before: NotedTorrent | undefined,
  sinceMs: number,
): SeenTorrent {
  const isOld = before === undefined && row.addedAt < sinceMs;
  const { completedAt = Infinity } = row;
  const isComplete =
    before?.isComplete === true || hasArrived(row) || (isOld && completedAt < sinceMs);
  const hasMetadata = before?.hasMetadata === true || row.hasMetadata;
  const fault = row.state === "error" ? row.fault : undefined;
  const events: NewEvent[] = [];
  if (before === undefined && !isOld) events.push({ event: "added" });
  if (hasMetadata && before?.hasMetadata !== true && !isOld) events.push({ event: "metadata" });
  const isDone = isComplete && before?.isComplete !== true;
  if (isDone && (!isOld || completedAt >= sinceMs)) events.push({ event: "complete" });
  if (fault !== undefined && fault.code !== before?.fault)
    events.push({ event: "error", error: { code: fault.code, message: fault.message } });
  const torrent = torrentOf(row);
  const noted = {
    ...factsLeft(torrent),
    ...{ hasMetadata, isComplete },
    ...(fault !== undefined && { fault: fault.code }),
    ...(before?.isAtGoal === true && !isAtRest(row) && { isAtGoal: true as const }),
  };
  return { torrent, events, noted, isNews: before === undefined || isOther(before, noted) };
}

/** The facts of a torrent by its row. */
function torrentOf(row: TorrentRow): EventTorrent {
  const { torrent: infoHash, number, name, directory, labels, group, trackers, sizeBytes } = row;
  const { bandwidthPriority: priority = "normal" } = settingsOf(row);
  return {
    ...{ infoHash, id: number, name, directory, labels, priority, trackers, sizeBytes },
    ...(group !== undefined && { group }),
    downloadedBytes: receivedBytes(row),
  };
}

/** The facts of a torrent by its note. */
export function torrentOfNote(infoHash: string, noted: NotedTorrent): EventTorrent {
  return { infoHash, ...factsLeft(noted), trackers: [] };
}

/** Facts that do not change with each byte. */
function factsLeft(torrent: FactsLeft): FactsLeft {
  const { directory, downloadedBytes, id, labels, name, priority, sizeBytes } = torrent;
  return { directory, downloadedBytes, id, labels, name, priority, sizeBytes };
}

/** Whether a downloaded torrent has all that it wanted, in its final folder. Data that was there before is no download. */
function hasArrived(row: TorrentRow): boolean {
  const { moveTo = row.directory } = settingsOf(row);
  return row.completedAt !== undefined && receivedBytes(row) > 0 && moveTo === row.directory;
}

/** A start that follows may lead to the goals again. */
function isAtRest({ state }: TorrentRow): boolean {
  return state === "stopped" || state === "stopping" || state === "paused" || state === "error";
}

function receivedBytes({ downloadedBytes, lifetime }: TorrentRow): number {
  return lifetime?.downloadedBytes ?? downloadedBytes;
}

function settingsOf({ settings }: TorrentRow): {
  readonly bandwidthPriority?: EventTorrent["priority"];
  readonly moveTo?: string;
} {
  return settings;
}

/** Bytes and the number alone are no news: they are those of the last event. */
function isOther(one: NotedTorrent, other: NotedTorrent): boolean {
  return (
    one.hasMetadata !== other.hasMetadata ||
    one.isComplete !== other.isComplete ||
    one.fault !== other.fault ||
    one.isAtGoal !== other.isAtGoal ||
    one.isGone !== other.isGone ||
    one.name !== other.name ||
    one.directory !== other.directory ||
    one.labels.join("\n") !== other.labels.join("\n")
  );
}
