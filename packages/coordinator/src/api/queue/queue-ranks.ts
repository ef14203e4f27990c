// Ranks of torrents in the queue. Between two ranks there is room for others, so that a move changes one record. If no
// room is left, the torrents around the place are spread again: as few torrents as find room between their neighbours.

/** Distance between the ranks of torrents that are added one after the other. */
export const rankStep = 2 ** 20;
/** Distance between the ranks of torrents that were spread; ten moves to the same place fit into it. */
const leastStep = 2 ** 10;
/** Torrents on each side of the place that are spread first. */
const leastReach = 8;

/** The parts of a torrent that the queue moves it by. */
interface RankedTorrent {
  readonly settings: {
    readonly queueRank: number;
    setQueueRank(rank: number): void;
  };
}

/** The torrents by rank; those of the same rank in the given order. */
export function inQueueOrder<Torrent extends RankedTorrent>(
  torrents: Iterable<Torrent>,
): Torrent[] {
  return [...torrents].toSorted((one, other) => rankOf(one) - rankOf(other));
}

/** The position from 0; -1 for an unknown torrent. Sorts nothing, because users read the positions of all torrents. */
export function positionInQueue<Torrent extends RankedTorrent>(
  torrents: Iterable<Torrent>,
  torrent: Torrent,
): number {
  const rank = rankOf(torrent);
  let ahead = 0;
  let isFound = false;
  for (const each of torrents) {
    if (each === torrent) isFound = true;
    else if (isFound ? rankOf(each) < rank : rankOf(each) <= rank) ahead++;
  }
  return isFound ? ahead : -1;
}

/** Moves a torrent. @param position From 0; beyond the end the torrent is the last. */
export function moveInQueue<Torrent extends RankedTorrent>(
  torrents: Iterable<Torrent>,
  torrent: Torrent,
  position: number,
): void {
  const queue = inQueueOrder(torrents);
  if (queue.indexOf(torrent) === Math.min(position, queue.length - 1)) return;
  const others = queue.filter((other) => other !== torrent);
  const after = others[position];
  const before = others[position - 1] ?? (position > 0 ? others.at(-1) : undefined);
  const rank = rankBetween(before && rankOf(before), after && rankOf(after));
  if (rank !== undefined) return setRank(torrent, rank);
  others.splice(position, 0, torrent);
  spread(others, others.indexOf(torrent));
}

/** Gives the torrents around a place ranks with room between them. */
function spread(queue: readonly RankedTorrent[], place: number): void {
  for (let reach = leastReach; ; reach *= 2) {
    const few = queue.slice(Math.max(0, place - reach), place + reach + 1);
    if (few.length === queue.length) return setRanks(few, 0, rankStep);
    const before = queue[place - reach - 1];
    const after = queue[place + reach + 1];
    const width = (few.length + 1) * rankStep;
    const low = before === undefined ? after && rankOf(after) - width : rankOf(before);
    if (low === undefined) continue;
    const high = after === undefined ? low + width : rankOf(after);
    const step = Math.floor((high - low) / (few.length + 1));
    if (step >= leastStep && Number.isSafeInteger(low) && Number.isSafeInteger(high))
      return setRanks(few, low + step, step);
  }
}

function setRanks(torrents: readonly RankedTorrent[], first: number, step: number): void {
  for (const [index, each] of torrents.entries()) setRank(each, first + index * step);
}

/** @returns Undefined if there is no rank between the two. */
function rankBetween(before: number | undefined, after: number | undefined): number | undefined {
  const low = before ?? (after ?? 0) - 2 * rankStep;
  const high = after ?? low + 2 * rankStep;
  const rank = Math.floor((low + high) / 2);
  return rank > low && rank < high && Number.isSafeInteger(rank) ? rank : undefined;
}

function setRank(torrent: RankedTorrent, rank: number): void {
  if (rankOf(torrent) !== rank) torrent.settings.setQueueRank(rank);
}

function rankOf({ settings }: RankedTorrent): number {
  return settings.queueRank;
}
