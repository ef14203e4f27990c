// `sync/maindata`: everything that a page shows, and then its changes. The number of an answer is the version of the view.

import type { ServiceResponse } from "../routes/route.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import type { RowDelta, TorrentView } from "../view/torrent-view.ts";
import { categoriesOf } from "./categories.ts";
import type { Json } from "./constants.ts";
import type { Answer, DialectCall } from "./dialect-call.ts";
import { engineFigures, serverState } from "./server-state.ts";
import { tagsOf } from "./tags.ts";
import { fieldsOfTorrent, textOfTorrent, tiersOf } from "./torrent-info.ts";

type RowsByHash = ReadonlyMap<string, TorrentRow>;

/** Info-hashes by the URL of their tracker. */
type Trackers = ReadonlyMap<string, readonly string[]>;

/** Answers `sync/maindata`. An unknown number gets all. */
export const syncMaindata: Answer = async ({ calls, fields, state }) => {
  const [view, figures] = await Promise.all([calls.view(), engineFigures(calls)]);
  const { rows, version } = view;
  const rid = fields.whole("rid") ?? 0;
  const [before, delta] = [state.maindata.rowsAt(rid), view.since(rid)];
  keep(state, view);
  const categories = categoriesOf(figures.engine.groups ?? {}, rows);
  const removed = state.maindata.removedCategories(Object.keys(categories));
  const serverFields = {
    ...serverState(rows, figures),
    free_space_on_disk: state.freeSpace.look(calls),
  };
  const shared = { rid: version, server_state: serverFields, categories };
  if (before === undefined || delta === undefined) return answered({ ...shared, ...allOf(rows) });
  return answered({
    ...shared,
    ...(removed.length > 0 && { categories_removed: removed }),
    ...changesOf(rows, delta, before),
  });
};

function keep({ maindata }: DialectCall["state"], view: TorrentView): void {
  const { rows, version } = view;
  maindata.keep({
    rows,
    version,
    since: (last) => view.since(last)?.rows.length ?? rows.length,
  });
}

/** JSON whose field `torrents` is a text of JSON already. */
function answered({
  torrents,
  ...others
}: Readonly<Record<string, unknown>> & { readonly torrents?: string }): ServiceResponse {
  const text = JSON.stringify(others);
  const body = torrents === undefined ? text : `${text.slice(0, -1)},"torrents":${torrents}}`;
  return { status: 200, headers: { "Content-Type": "application/json; charset=utf-8" }, body };
}

function allOf(rows: readonly TorrentRow[]) {
  const torrents = rows.map((row) => `"${row.torrent}":{${textOfTorrent(row)}`);
  return {
    full_update: true,
    tags: tagsOf(rows),
    trackers: Object.fromEntries(trackersOf(rows)),
    torrents: `{${torrents.join(",")}}`,
  };
}

function changesOf(
  rows: readonly TorrentRow[],
  { removed, rows: changed }: RowDelta,
  before: RowsByHash,
) {
  const torrents = changed.flatMap((row) => {
    const fields = changedFields(row, before.get(row.torrent));
    return Object.keys(fields).length === 0 ? [] : [[row.torrent, fields] as const];
  });
  // A torrent that came and went between two answers is unknown to the client.
  const gone = removed.filter((torrent) => before.has(torrent));
  return {
    ...(torrents.length > 0 && { torrents: JSON.stringify(Object.fromEntries(torrents)) }),
    ...(gone.length > 0 && { torrents_removed: gone }),
    ...(isRegrouped(changed, gone, before) && listChanges(rows, [...before.values()])),
  };
}

function changedFields(
  row: TorrentRow,
  before: TorrentRow | undefined,
): Readonly<Record<string, Json>> {
  const now = fieldsOfTorrent(row);
  if (before === undefined) return now;
  const old = fieldsOfTorrent(before);
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => old[name] !== value));
}

/** Whether the lists of tags and trackers may have changed. Most changes are figures. */
function isRegrouped(
  changed: readonly TorrentRow[],
  gone: readonly string[],
  before: RowsByHash,
): boolean {
  if (gone.length > 0) return true;
  const keyOf = (row: TorrentRow | undefined): string =>
    row === undefined ? "" : JSON.stringify([row.labels, tiersOf(row)]);
  return changed.some((row) => keyOf(row) !== keyOf(before.get(row.torrent)));
}

function listChanges(rows: readonly TorrentRow[], before: readonly TorrentRow[]) {
  const [tags, oldTags] = [tagsOf(rows), tagsOf(before)];
  const [trackers, oldTrackers] = [trackersOf(rows), trackersOf(before)];
  const [newTags, goneTags] = [without(tags, oldTags), without(oldTags, tags)];
  const goneTrackers = [...oldTrackers.keys()].filter((url) => !trackers.has(url));
  const newTrackers = [...trackers].filter(
    ([url, torrents]) => torrents.join() !== oldTrackers.get(url)?.join(),
  );
  return {
    ...(newTags.length > 0 && { tags: newTags }),
    ...(goneTags.length > 0 && { tags_removed: goneTags }),
    ...(newTrackers.length > 0 && { trackers: Object.fromEntries(newTrackers) }),
    ...(goneTrackers.length > 0 && { trackers_removed: goneTrackers }),
  };
}

function without(texts: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return texts.filter((text) => !known.has(text));
}

function trackersOf(rows: readonly TorrentRow[]): Trackers {
  const found = new Map<string, string[]>();
  for (const row of rows) {
    for (const url of new Set(tiersOf(row).flat())) {
      const torrents = found.get(url);
      if (torrents === undefined) found.set(url, [row.torrent]);
      else torrents.push(row.torrent);
    }
  }
  return found;
}
