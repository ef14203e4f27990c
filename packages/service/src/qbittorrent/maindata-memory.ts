import type { TorrentRow } from "../view/torrent-row.ts";
import type { TorrentView } from "../view/torrent-view.ts";

/** Answers whose rows are kept. A poller whose last answer is forgotten gets all rows. */
const mostSnapshots = 32;
/** Rows that changed between the kept answers: older answers are forgotten, so that old rows do not fill the memory. */
const mostChangedRows = 8_192;
/** Names of removed categories that later answers repeat; of more, the oldest are forgotten. */
const mostRemovedCategories = 1_000;

/** The rows of an answer. */
interface Snapshot {
  readonly version: number;
  readonly rows: readonly TorrentRow[];
  /** Rows that changed since the snapshot before. */
  readonly changedRows: number;
  /** Made when the first poller asks. */
  byHash?: ReadonlyMap<string, TorrentRow>;
}

/**
 * What the pollers of `sync/maindata` have been told. Rows never change in place, and the view has most of them anyway.
 */
export class MaindataMemory {
  /** The oldest first. */
  readonly #snapshots: Snapshot[] = [];
  #categories: ReadonlySet<string> = new Set();
  readonly #removedCategories = new Set<string>();

  /** Keeps the rows of an answer, whose number is the version of the view. */
  keep({
    rows,
    since,
    version,
  }: Pick<TorrentView, "rows" | "version"> & {
    /** Rows that changed since a version. */
    readonly since: (version: number) => number;
  }): void {
    const last = this.#snapshots.at(-1);
    if (last?.version === version) return;
    const changedRows = last === undefined ? rows.length : since(last.version);
    this.#snapshots.push({ version, rows, changedRows });
    while (this.#isFull()) this.#snapshots.shift();
  }

  /** The rows of an answer by info-hash; undefined for one that is not known. */
  rowsAt(version: number): ReadonlyMap<string, TorrentRow> | undefined {
    const found = this.#snapshots.find((each) => each.version === version);
    if (found === undefined) return undefined;
    return (found.byHash ??= new Map(found.rows.map((row) => [row.torrent, row])));
  }

  /** Takes the names of the categories. @returns Names that were there before, and are no longer. */
  removedCategories(names: readonly string[]): readonly string[] {
    const now = new Set(names);
    for (const name of this.#categories) if (!now.has(name)) this.#removedCategories.add(name);
    for (const name of now) this.#removedCategories.delete(name);
    this.#categories = now;
    const [oldest] = this.#removedCategories;
    if (this.#removedCategories.size > mostRemovedCategories && oldest !== undefined)
      this.#removedCategories.delete(oldest);
    return [...this.#removedCategories];
  }

  /** The last answer stays: its pollers are those that come next. */
  #isFull(): boolean {
    const { length } = this.#snapshots;
    if (length <= 1) return false;
    // Rows of the first snapshot are there once anyway.
    const changed = this.#snapshots.slice(1).reduce((sum, each) => sum + each.changedRows, 0);
    return length > mostSnapshots || changed > mostChangedRows;
  }
}
