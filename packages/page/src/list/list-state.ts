// The list as it is shown in this tab: filter, order, selection.

import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { ListRow } from "../events/list-row.ts";
import { allRows, rowsVersion } from "../state/torrents.ts";
import { facetsOf, noFilter, testOf, type Facets, type ListFilter } from "./list-filter.ts";
import { beginsDescending, orderRows, type ListSort, type SortName } from "./list-order.ts";
import { keepListed, noSelection, type Selection } from "./selection.ts";

/** The filter. */
export const filter = signal<ListFilter>(noFilter);
/** The order. */
export const sort = signal<ListSort>({ by: "added", isDescending: true });
/** The selection. */
export const selection = signal<Selection>(noSelection);

let before: readonly string[] = [];

/** Hashes of the listed torrents, in order. */
export const order: ReadonlySignal<readonly string[]> = computed(() => {
  void rowsVersion.value;
  const next = orderRows(allRows(), testOf(filter.value), sort.value, before);
  // An order that stays draws nothing.
  if (!isSame(before, next)) before = next;
  return before;
});

/** Counts of the filters. */
export const facets: ReadonlySignal<Facets> = computed(() => {
  void rowsVersion.value;
  return facetsOf(allRows().values());
});

/** Rates of all torrents, in bytes a second. */
export const rateSums: ReadonlySignal<{ readonly down: number; readonly up: number }> = computed(
  () => {
    void rowsVersion.value;
    let [down, up] = [0, 0];
    for (const row of allRows().values()) {
      down += row.downBytesPerSecond;
      up += row.upBytesPerSecond;
    }
    return { down, up };
  },
);

effect(() => {
  const listed = new Set(order.value);
  const kept = keepListed(selection.peek(), (torrent) => listed.has(torrent));
  if (kept !== selection.peek()) selection.value = kept;
});

/** The chosen torrents, in order. */
export function chosenRows(): ListRow[] {
  const { chosen } = selection.value;
  return order.value
    .filter((torrent) => chosen.has(torrent))
    .map((torrent) => allRows().get(torrent))
    .filter((row) => row !== undefined);
}

/** Changes filters. */
export function setFilter(change: Partial<ListFilter>): void {
  filter.value = { ...filter.value, ...change };
}

/** Orders by a value; ordered by it already, it reverses the order. */
export function sortBy(by: SortName): void {
  const now = sort.value;
  sort.value =
    now.by === by
      ? { by, isDescending: !now.isDescending }
      : { by, isDescending: beginsDescending(by) };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((torrent, index) => torrent === other[index]);
}
