// The plan of the queue: which torrents run. A torrent runs if the torrents before it that count, of its kind, are
// fewer than the limit. It begins to run when the torrents that make room for it are closed.

import type { TorrentWeight } from "@troupe/messages";

/** The limits of the queue. */
export interface QueueLimits {
  /** Torrents that download at once; `Infinity` without a limit. */
  readonly downloads: number;
  /** Torrents that seed at once; `Infinity` without a limit. */
  readonly seeds: number;
}

/** A torrent in the queue. */
export interface QueuedTorrent {
  readonly kind: keyof QueueLimits;
  /** `slow`: it runs and does not count. `closing`: it has lost its place, and is not closed yet. */
  readonly place: "running" | "slow" | "closing" | "waiting";
  /** The lowest comes first. */
  readonly rank: number;
  /** Orders torrents of the same rank, the heaviest first. */
  readonly weight: TorrentWeight;
  /** Orders torrents of the same rank and weight. */
  readonly id: number;
  /** Runs at once and does not count. */
  readonly isForced: boolean;
}

/** Torrents that lose their place, and torrents that get one. */
interface QueueChanges<Torrent> {
  readonly queued: readonly Torrent[];
  readonly admitted: readonly Torrent[];
}

/** The changes that lead to the plan. */
export function changesOf<Torrent extends QueuedTorrent>(
  torrents: readonly Torrent[],
  limits: QueueLimits,
): QueueChanges<Torrent> {
  const plan = planQueue(torrents, limits);
  const room = roomBeside(torrents, limits);
  const admitted = [...plan].filter((torrent) => {
    if (torrent.place !== "waiting") return false;
    if (torrent.isForced) return true;
    return room[torrent.kind]-- > 0;
  });
  const queued = torrents.filter((torrent) => isRunning(torrent) && !plan.has(torrent));
  return { queued, admitted };
}

/** Whether a torrent may begin to run beside the others now. Looks at no more torrents than the answer needs. */
export function mayJoin(
  torrent: QueuedTorrent,
  others: Iterable<QueuedTorrent>,
  limits: QueueLimits,
): boolean {
  if (torrent.isForced) return true;
  let [room, roomAhead] = [limits[torrent.kind], limits[torrent.kind]];
  for (const other of others) {
    if (room <= 0 || roomAhead <= 0) return false;
    if (other.kind !== torrent.kind || !counts(other)) continue;
    if (other.place !== "waiting") room--;
    if (compareInQueue(other, torrent) < 0) roomAhead--;
  }
  return room > 0 && roomAhead > 0;
}

/** The torrents that run by the plan, in the order of the queue. */
function planQueue<Torrent extends QueuedTorrent>(
  torrents: readonly Torrent[],
  limits: QueueLimits,
): ReadonlySet<Torrent> {
  const room = { ...limits };
  const plan = new Set<Torrent>();
  for (const torrent of torrents.toSorted(compareInQueue)) {
    if (!torrent.isForced && room[torrent.kind] <= 0) continue;
    plan.add(torrent);
    if (counts(torrent)) room[torrent.kind]--;
  }
  return plan;
}

/** The free places, by kind. */
function roomBeside(
  torrents: readonly QueuedTorrent[],
  limits: QueueLimits,
): Record<keyof QueueLimits, number> {
  const room = { ...limits };
  for (const torrent of torrents) {
    if (torrent.place !== "waiting" && counts(torrent)) room[torrent.kind]--;
  }
  return room;
}

function isRunning({ place }: QueuedTorrent): boolean {
  return place === "running" || place === "slow";
}

function counts({ isForced, place }: QueuedTorrent): boolean {
  return !isForced && place !== "slow";
}

function compareInQueue(one: QueuedTorrent, other: QueuedTorrent): number {
  return one.rank - other.rank || other.weight - one.weight || one.id - other.id;
}
