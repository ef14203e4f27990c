// The rows of all torrents, by their hashes, from pages of the list and from events.

import { listRow, type GivenRow, type ListRow } from "./list-row.ts";

/** Rows that changed. */
export interface RowDelta {
  readonly rows: readonly ListRow[];
  readonly removed: readonly string[];
}

/** The rows of the service, as far as they have come. */
export class RowCache {
  readonly #rows = new Map<string, ListRow>();
  /** Hashes that events named, or pages had, since the load began. Undefined: no load is under way. */
  #load: { readonly seen: Set<string>; readonly named: Set<string> } | undefined;

  /** All rows. */
  get rows(): Iterable<ListRow> {
    return this.#rows.values();
  }

  /** No row has come. */
  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  /** The row of a torrent. */
  row(torrent: string): ListRow | undefined {
    return this.#rows.get(torrent);
  }

  /** Forgets all rows: the caller may no longer see them. */
  clear(): void {
    this.#rows.clear();
    this.#load = undefined;
  }

  /** Pages of all torrents follow. */
  beginLoad(): void {
    this.#load = { seen: new Set(), named: new Set() };
  }

  /** Takes a page. A row that an event has named since the load began is newer than that of a page. */
  takePage(given: readonly GivenRow[]): RowDelta {
    const rows: ListRow[] = [];
    for (const each of given) {
      if (this.#load?.named.has(each.torrent) === true) continue;
      this.#load?.seen.add(each.torrent);
      const row = listRow(each, this.#rows.get(each.torrent));
      this.#rows.set(row.torrent, row);
      rows.push(row);
    }
    return { rows, removed: [] };
  }

  /** Drops the rows that no page and no event has named. */
  endLoad(): RowDelta {
    const load = this.#load;
    this.#load = undefined;
    if (load === undefined) return { rows: [], removed: [] };
    const gone = [...this.#rows.keys()].filter(
      (torrent) => !load.seen.has(torrent) && !load.named.has(torrent),
    );
    for (const torrent of gone) this.#rows.delete(torrent);
    return { rows: [], removed: gone };
  }

  /** Takes an event `rows`. */
  takeChanges(given: readonly GivenRow[], removed: readonly string[]): RowDelta {
    const rows = given.map((each) => listRow(each, this.#rows.get(each.torrent)));
    for (const row of rows) {
      this.#rows.set(row.torrent, row);
      this.#load?.named.add(row.torrent);
    }
    for (const torrent of removed) {
      this.#rows.delete(torrent);
      this.#load?.named.add(torrent);
    }
    return { rows, removed };
  }
}
