// `sync/maindata`: everything that a page shows, and then its changes. The number of an answer is the version of the view.

import type { ServiceResponse } from "../routes/route.ts";
import { dataDirectory } from "../routes/service-facts.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import type { RowDelta } from "../view/torrent-view.ts";
import { categoriesOf } from "./categories.ts";
import type { Json } from "./constants.ts";
import type { Answer } from "./dialect-call.ts";
import type { MaindataMemory } from "./maindata-memory.ts";
import { engineFigures, serverState } from "./server-state.ts";
import { tagsOf } from "./tags.ts";
import { fieldsOfTorrent, textOfTorrent } from "./torrent-info.ts";
import { trackersInForce } from "../view/trackers-in-force.ts";

/** Info-hashes by the URL of their tracker. */
type Trackers = ReadonlyMap<string, readonly string[]>;

/** Answers `sync/maindata`. An unknown number gets all. */
export const syncMaindata: Answer = async ({ calls, fields, state }) => {
  const [view, figures] = await Promise.all([calls.view(), engineFigures(calls)]);
  const { rows, version } = view;
  const { facts, freeSpace, maindata } = state;
  const rid = fields.whole("rid") ?? 0;
  maindata.keep(view);
  const delta = maindata.knows(rid) ? view.since(rid) : undefined;
  const categories = categoriesOf(figures.engine.groups ?? {}, rows);
  const removed = maindata.removedCategories(Object.keys(categories));
  const serverFields = {
    ...serverState(rows, figures),
    free_space_on_disk: freeSpace.look(calls, dataDirectory(figures.engine, facts)),
  };
  const shared = { rid: version, server_state: serverFields, categories };
  if (delta === undefined) return answered({ ...shared, ...allOf(rows) });
  return answered({
    ...shared,
    ...(removed.length > 0 && { categories_removed: removed }),
    ...changesOf(rows, delta, { maindata, rid }),
  });
};

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

/** The answer before, as its poller knows it. */
interface Before {
  readonly maindata: MaindataMemory;
  readonly rid: number;
}

function changesOf(
  rows: readonly TorrentRow[],
  { removed, rows: changed }: RowDelta,
  { maindata, rid }: Before,
) {
  const pairs = changed.map((row) => [row, maindata.rowAt(rid, row.torrent)] as const);
  const torrents = pairs.flatMap(([row, before]) => {
    const fields = changedFields(row, before);
    return Object.keys(fields).length === 0 ? [] : [[row.torrent, fields] as const];
  });
  // A torrent that came and went between two answers is unknown to the client.
  const gone = removed.filter((torrent) => maindata.rowAt(rid, torrent) !== undefined);
  const isRegrouped =
    gone.length > 0 || pairs.some(([row, before]) => groupsOf(row) !== groupsOf(before));
  return {
    ...(torrents.length > 0 && { torrents: JSON.stringify(Object.fromEntries(torrents)) }),
    ...(gone.length > 0 && { torrents_removed: gone }),
    ...(isRegrouped && listChanges(rows, [...maindata.rowsAt(rid).values()])),
  };
}

/** The lists that a torrent is in, as one text. Most changes of rows are figures. */
function groupsOf(row: TorrentRow | undefined): string {
  return row === undefined ? "" : JSON.stringify([row.labels, trackersInForce(row)]);
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

function listChanges(rows: readonly TorrentRow[], before: readonly TorrentRow[]) {
  const [tags, oldTags] = [tagsOf(rows), tagsOf(before)];
  const [trackers, oldTrackers] = [trackersOf(rows), trackersOf(before)];
  const [newTags, goneTags] = [without(tags, oldTags), without(oldTags, tags)];
  const goneTrackers = [...oldTrackers.keys()].filter((url) => !trackers.has(url));
  const newTrackers = [...trackers].filter(
    ([url, torrents]) => !isSameSet(torrents, oldTrackers.get(url) ?? []),
  );
  return {
    ...(newTags.length > 0 && { tags: newTags }),
    ...(goneTags.length > 0 && { tags_removed: goneTags }),
    ...(newTrackers.length > 0 && { trackers: Object.fromEntries(newTrackers) }),
    ...(goneTrackers.length > 0 && { trackers_removed: goneTrackers }),
  };
}

function isSameSet(texts: readonly string[], others: readonly string[]): boolean {
  return texts.length === others.length && without(texts, others).length === 0;
}

function without(texts: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return texts.filter((text) => !known.has(text));
}

function trackersOf(rows: readonly TorrentRow[]): Trackers {
  const found = new Map<string, string[]>();
  for (const row of rows) {
    for (const url of new Set(trackersInForce(row).flat())) {
      const torrents = found.get(url);
      if (torrents === undefined) found.set(url, [row.torrent]);
      else torrents.push(row.torrent);
    }
  }
  return found;
}
