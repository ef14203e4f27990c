import type { TorrentRow } from "../view/torrent-row.ts";
import type { TorrentView } from "../view/torrent-view.ts";

/** Answers that are remembered. A poller whose last answer is forgotten gets all rows. */
const mostAnswers = 32;
/** Rows that have changed since the remembered answers: of more, the oldest answers are forgotten. */
const mostOldRows = 8_192;
/** Names of removed categories that later answers repeat; of more, the oldest are forgotten. */
const mostRemovedCategories = 1_000;

type Rows = ReadonlyMap<string, TorrentRow>;

/** An answer, and the rows of it that changed before the next answer; undefined for a torrent that was not there. */
interface PastAnswer {
  readonly version: number;
  readonly changed: Map<string, TorrentRow | undefined>;
}

/**
 * What the pollers of `sync/maindata` have been told: the rows of the last answer, and for each answer before those that
 * changed afterwards. Rows never change in place.
 */
export class MaindataMemory {
  /** The oldest first. */
  readonly #answers: PastAnswer[] = [];
  /** By info-hash. */
  #rows = new Map<string, TorrentRow>();
  #categories: ReadonlySet<string> = new Set();
  readonly #removedCategories = new Set<string>();

  /** Remembers an answer with all rows of the view. Its number is the version of the view. */
  keep(view: Pick<TorrentView, "rows" | "since" | "version">): void {
    const { version } = view;
    const last = this.#answers.at(-1);
    if (last?.version === version) return;
    const delta = last && view.since(last.version);
    if (last === undefined || delta === undefined) {
      this.#answers.length = 0;
      this.#rows = new Map(view.rows.map((row) => [row.torrent, row]));
    } else {
      for (const torrent of delta.removed) {
        last.changed.set(torrent, this.#rows.get(torrent));
        this.#rows.delete(torrent);
      }
      for (const row of delta.rows) {
        last.changed.set(row.torrent, this.#rows.get(row.torrent));
        this.#rows.set(row.torrent, row);
      }
    }
    this.#answers.push({ version, changed: new Map() });
    while (this.#isFull()) this.#answers.shift();
  }

  /** Whether an answer is remembered. */
  knows(version: number): boolean {
    return this.#answers.some((each) => each.version === version);
  }

  /** The row of a torrent in a remembered answer. */
  rowAt(version: number, torrent: string): TorrentRow | undefined {
    const change = this.#since(version).find(({ changed }) => changed.has(torrent));
    return change === undefined ? this.#rows.get(torrent) : change.changed.get(torrent);
  }

  /** All rows of a remembered answer, in any order. */
  rowsAt(version: number): Rows {
    const rows = new Map(this.#rows);
    for (const { changed } of this.#since(version).toReversed()) {
      for (const [torrent, row] of changed) {
        if (row === undefined) rows.delete(torrent);
        else rows.set(torrent, row);
      }
    }
    return rows;
  }

  /** Takes the names of the categories. @returns Names that were there before, and are no longer. */
  removedCategories(names: readonly string[]): readonly string[] {
    const now = new Set(names);
    for (const name of this.#categories) if (!now.has(name)) this.#removedCategories.add(name);
    for (const name of now) this.#removedCategories.delete(name);
    this.#categories = now;
    for (const name of this.#removedCategories) {
      if (this.#removedCategories.size <= mostRemovedCategories) break;
      this.#removedCategories.delete(name);
    }
    return [...this.#removedCategories];
  }

  #since(version: number): readonly PastAnswer[] {
    return this.#answers.slice(this.#answers.findIndex((each) => each.version === version));
  }

  /** The last answer stays: its pollers are those that come next. */
  #isFull(): boolean {
    const oldRows = this.#answers.reduce((sum, { changed }) => sum + changed.size, 0);
    const { length } = this.#answers;
    return length > 1 && (length > mostAnswers || oldRows > mostOldRows);
  }
}
