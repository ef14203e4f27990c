// The filters of the list, and how many torrents each has.

import type { ListRow } from "../events/list-row.ts";
import { wordsOf } from "../text/search-words.ts";
import { statusOf, type Status } from "./status.ts";

/** The filters that are set. An empty text, label, group or host is that of torrents without one; undefined is no filter. */
export interface ListFilter {
  readonly text: string;
  readonly status?: Status | undefined;
  readonly group?: string | undefined;
  readonly label?: string | undefined;
  readonly tracker?: string | undefined;
}

/** The kinds of filters with a value for each torrent, or several. */
export type FacetName = "group" | "label" | "tracker";

/** No filter. */
export const noFilter: ListFilter = { text: "" };

/** Makes the test of a filter. All words of its text must be in the name. */
export function testOf(filter: ListFilter): (row: ListRow) => boolean {
  const { group, label, status, tracker } = filter;
  const words = wordsOf(filter.text);
  return (row) =>
    words.every((word) => row.searchText.includes(word)) &&
    (status === undefined || statusOf(row) === status) &&
    (group === undefined || (row.group ?? "") === group) &&
    hasValue(row.labels, label) &&
    hasValue(row.trackerHosts, tracker);
}

/** How many torrents each value has. */
export interface Facets {
  readonly all: number;
  readonly status: ReadonlyMap<Status, number>;
  readonly group: ReadonlyMap<string, number>;
  readonly label: ReadonlyMap<string, number>;
  readonly tracker: ReadonlyMap<string, number>;
}

/** Counts the values of all torrents. */
export function facetsOf(rows: Iterable<ListRow>): Facets {
  let all = 0;
  const status = new Map<Status, number>();
  const values = {
    group: new Map(),
    label: new Map(),
    tracker: new Map(),
  } as const satisfies Record<FacetName, Map<string, number>>;
  for (const row of rows) {
    all++;
    add(status, statusOf(row));
    add(values.group, row.group ?? "");
    for (const label of someOf(row.labels)) add(values.label, label);
    for (const host of someOf(row.trackerHosts)) add(values.tracker, host);
  }
  return { all, status, ...values };
}

function hasValue(values: readonly string[], wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return wanted === "" ? values.length === 0 : values.includes(wanted);
}

function someOf(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [""] : values;
}

function add<Value>(counts: Map<Value, number>, value: Value): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}
