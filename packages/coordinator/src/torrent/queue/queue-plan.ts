// The plan of the queue: which torrents run. A torrent runs if fewer torrents of its kind that count stand before it than
// the limit allows.

/** The limits of the queue. */
export interface QueueLimits {
  /** Torrents that download at once; `Infinity` without a limit. */
  readonly downloads: number;
  /** Torrents that seed at once; `Infinity` without a limit. */
  readonly seeds: number;
}

/** A torrent that has a place in the queue, or waits for a place. */
export interface QueuedTorrent {
  readonly kind: keyof QueueLimits;
  /** The lowest comes first. */
  readonly rank: number;
  /** Orders torrents of the same rank. */
  readonly id: number;
  /** A slow torrent runs and does not count. */
  readonly isSlow: boolean;
  /** Runs at once and does not count. */
  readonly isForced: boolean;
}

/** Whether the torrent may run beside the others. Other torrents of its kind behind it do not matter. */
export function mayRun(
  torrent: QueuedTorrent,
  others: Iterable<QueuedTorrent>,
  limits: QueueLimits,
): boolean {
  if (torrent.isForced) return true;
  let room = limits[torrent.kind];
  for (const other of others) {
    if (other.kind === torrent.kind && counts(other) && compareInQueue(other, torrent) < 0) room--;
  }
  return room > 0;
}

/** The torrents that run. */
export function planQueue<Torrent extends QueuedTorrent>(
  torrents: readonly Torrent[],
  limits: QueueLimits,
): ReadonlySet<Torrent> {
  const room = { ...limits };
  const running = new Set<Torrent>();
  for (const torrent of torrents.toSorted(compareInQueue)) {
    if (!torrent.isForced && room[torrent.kind] <= 0) continue;
    running.add(torrent);
    if (counts(torrent)) room[torrent.kind]--;
  }
  return running;
}

function counts({ isForced, isSlow }: QueuedTorrent): boolean {
  return !isForced && !isSlow;
}

function compareInQueue(one: QueuedTorrent, other: QueuedTorrent): number {
  return one.rank - other.rank || one.id - other.id;
}
