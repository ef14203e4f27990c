// `sync/maindata`: everything that a page shows, and then its changes. The number of an answer is the version of the view.

import { joinInTurns } from "../calls/in-turns.ts";
import { jsonOfParts, jsonResponse } from "../routes/route.ts";
import { dataDirectory } from "../routes/service-facts.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import type { RowDelta } from "../view/torrent-view.ts";
import { categoriesOf } from "./categories.ts";
import type { Json } from "./constants.ts";
import type { Answer } from "./dialect-call.ts";
import type { ChangedNames, NamedTorrents } from "./listed-groups.ts";
import type { MaindataMemory } from "./maindata-memory.ts";
import { engineFigures, serverState } from "./server-state.ts";
import { fieldsOfTorrent, textOfTorrent } from "./torrent-info.ts";

/** Answers `sync/maindata`. An unknown number gets all. */
export const syncMaindata: Answer = async ({ calls, fields, state }) => {
  const [view, figures] = await Promise.all([calls.view(), engineFigures(calls)]);
  const { version } = view;
  const { facts, freeSpace } = state;
  const maindata = state.maindata.of(view);
  const rid = fields.whole("rid") ?? 0;
  maindata.keep(view);
  const delta = maindata.knows(rid) ? view.since(rid) : undefined;
  const categories = categoriesOf(figures.engine.groups ?? {}, maindata.lists.groups.names);
  const removed = maindata.removedCategories(Object.keys(categories));
  const serverFields = {
    ...serverState(view.sums, figures),
    free_space_on_disk: freeSpace.look(calls, dataDirectory(figures.engine, facts)),
  };
  const shared = { rid: version, server_state: serverFields, categories };
  if (delta === undefined) {
    const all = JSON.stringify({ ...shared, ...listsOf(maindata) });
    const torrents = await joinInTurns(state.timers, view.rows, keyedText);
    return jsonOfParts(`${all.slice(0, -1)},"torrents":{`, torrents, "}}");
  }
  return jsonResponse({
    ...shared,
    ...(removed.length > 0 && { categories_removed: removed }),
    ...changesOf(delta, { maindata, rid }),
  });
};

function listsOf({ lists }: Pick<MaindataMemory, "lists">) {
  return {
    full_update: true,
    tags: lists.tags.names.toSorted(),
    trackers: torrentsOf(lists.trackers, lists.trackers.names),
  };
}

function keyedText(row: TorrentRow): string {
  return `"${row.torrent}":{${textOfTorrent(row)}`;
}

/** The answer before, as its poller knows it. */
interface Before {
  readonly maindata: MaindataMemory;
  readonly rid: number;
}

function changesOf({ removed, rows }: RowDelta, { maindata, rid }: Before) {
  const torrents = rows.flatMap((row) => {
    const fields = changedFields(row, maindata.rowAt(rid, row.torrent));
    return Object.keys(fields).length === 0 ? [] : [[row.torrent, fields] as const];
  });
  // A torrent that came and went between two answers is unknown to the client.
  const gone = removed.filter((torrent) => maindata.rowAt(rid, torrent) !== undefined);
  return {
    ...(torrents.length > 0 && { torrents: Object.fromEntries(torrents) }),
    ...(gone.length > 0 && { torrents_removed: gone }),
    ...listChanges(maindata, rid),
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

function listChanges(maindata: MaindataMemory, rid: number) {
  const { lists } = maindata;
  const { tags, trackers } = maindata.groupsSince(rid);
  const newTags = [...tags].filter(([tag, wasThere]) => !wasThere && lists.tags.has(tag));
  const goneTags = goneOf(tags, lists.tags);
  const changedTrackers = [...trackers.keys()].filter((url) => lists.trackers.has(url));
  const goneTrackers = goneOf(trackers, lists.trackers);
  return {
    ...(newTags.length > 0 && { tags: newTags.map(([tag]) => tag).toSorted() }),
    ...(goneTags.length > 0 && { tags_removed: goneTags }),
    ...(changedTrackers.length > 0 && { trackers: torrentsOf(lists.trackers, changedTrackers) }),
    ...(goneTrackers.length > 0 && { trackers_removed: goneTrackers }),
  };
}

function goneOf(changed: ChangedNames, now: NamedTorrents): readonly string[] {
  return [...changed].flatMap(([name, wasThere]) => (wasThere && !now.has(name) ? [name] : []));
}

function torrentsOf(
  trackers: NamedTorrents,
  urls: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(urls.map((url) => [url, trackers.of(url)]));
}
