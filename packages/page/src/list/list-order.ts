// The order of the list.

import type { ListRow } from "../events/list-row.ts";
import { statuses, statusOf } from "./status.ts";

/** Values that the list may be ordered by. */
export const sortNames = [
  ...(["name", "progress", "state", "down", "up", "peers", "eta", "ratio"] as const),
  ...(["size", "added", "queue"] as const),
] as const;

/** The name of an order. */
export type SortName = (typeof sortNames)[number];

/** An order and its direction. */
export interface ListSort {
  readonly by: SortName;
  readonly isDescending: boolean;
}

/** Torrents without a value come last in both directions. */
type Value = number | string | undefined;

const values: Readonly<Record<SortName, (row: ListRow) => Value>> = {
  name: ({ orderText }) => orderText,
  progress: (row) => progressOf(row),
  state: (row) => statuses.indexOf(statusOf(row)),
  down: ({ downBytesPerSecond }) => downBytesPerSecond,
  up: ({ upBytesPerSecond }) => upBytesPerSecond,
  peers: ({ peers }) => peers,
  eta: ({ etaSeconds }) => etaSeconds,
  ratio: ({ ratio }) => ratio,
  size: ({ sizeBytes }) => sizeBytes,
  added: ({ addedAt }) => addedAt,
  queue: ({ queuePosition }) => queuePosition,
};

/** The share of the wanted bytes that is there, 0 to 1. */
export function progressOf({
  isComplete,
  leftBytes,
  wantedBytes,
}: Pick<ListRow, "isComplete" | "leftBytes" | "wantedBytes">): number {
  if (isComplete) return 1;
  return wantedBytes > 0 ? Math.max(0, 1 - leftBytes / wantedBytes) : 0;
}

/** Orders that begin with the largest value. */
export function beginsDescending(by: SortName): boolean {
  return !["eta", "name", "queue", "state"].includes(by);
}

/**
 * The torrents that pass a test, in order. Equal ones keep the order of their adding.
 *
 * @param before The order before this one: the closer it is, the sooner the sort ends.
 */
export function orderRows(
  rows: ReadonlyMap<string, ListRow>,
  test: (row: ListRow) => boolean,
  { by, isDescending }: ListSort,
  before: readonly string[],
): string[] {
  const valueOf = values[by];
  const placed: { readonly row: ListRow; readonly value: Value }[] = [];
  const take = (row: ListRow | undefined): void => {
    if (row !== undefined && test(row)) placed.push({ row, value: valueOf(row) });
  };
  const known = new Set(before);
  for (const torrent of before) take(rows.get(torrent));
  for (const [torrent, row] of rows) if (!known.has(torrent)) take(row);
  const sign = isDescending ? -1 : 1;
  placed.sort(
    (one, other) =>
      compareValues(one.value, other.value, sign) || one.row.number - other.row.number,
  );
  return placed.map(({ row }) => row.torrent);
}

function compareValues(one: Value, other: Value, sign: number): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other ? -sign : sign;
}
