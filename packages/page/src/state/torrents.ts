// The rows of all torrents in this tab. A shown row has a signal of its own, so that a change redraws its cells alone.

import { batch, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { ListRow } from "../events/list-row.ts";

const rows = new Map<string, ListRow>();
/** Signals of the rows that are shown. */
const shown = new Map<string, Signal<ListRow | undefined>>();
const version = signal(0);
/** Changes of rows that come faster are drawn together. */
const restMs = 100;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Grows with every change of the rows. */
export const rowsVersion: ReadonlySignal<number> = version;

/** All rows; the map changes in place, with {@link rowsVersion}. */
export function allRows(): ReadonlyMap<string, ListRow> {
  return rows;
}

/** The row of a torrent, as a signal for as long as it is shown: {@link dropRowSignals} ends it. */
export function rowSignal(torrent: string): ReadonlySignal<ListRow | undefined> {
  let found = shown.get(torrent);
  if (found === undefined) {
    found = signal(rows.get(torrent));
    shown.set(torrent, found);
  }
  return found;
}

/** Drops the signals of rows that are no longer shown. @param isShown Whether a torrent is. */
export function dropRowSignals(isShown: (torrent: string) => boolean): void {
  for (const torrent of shown.keys()) if (!isShown(torrent)) shown.delete(torrent);
}

/** @returns Resolves with the first rows; the list may be empty. */
export async function whenRowsAreThere(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = version.subscribe((value) => {
    if (value > 0) resolve();
  });
  await promise;
  end();
}

/** Takes changed rows. @param isAnew All others are gone. */
export function takeRows(
  changed: readonly ListRow[],
  removed: readonly string[],
  isAnew: boolean,
): void {
  const before = isAnew ? [...rows.keys()] : [];
  batch(() => {
    if (isAnew) rows.clear();
    for (const row of changed) rows.set(row.torrent, row);
    for (const torrent of removed) rows.delete(torrent);
    for (const torrent of [...before, ...removed]) setShown(torrent);
    for (const { torrent } of changed) setShown(torrent);
  });
  // The first rows are drawn at once.
  if (version.value === 0) version.value++;
  else timer ??= setTimeout(tellChange, restMs);
}

function setShown(torrent: string): void {
  const found = shown.get(torrent);
  if (found !== undefined) found.value = rows.get(torrent);
}

function tellChange(): void {
  timer = undefined;
  version.value++;
}
