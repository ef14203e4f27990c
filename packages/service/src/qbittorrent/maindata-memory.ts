import type { TorrentRow } from "../view/torrent-row.ts";
import type { TorrentView } from "../view/torrent-view.ts";
import { GroupLog, ListedGroups } from "./listed-groups.ts";

/** Answers that are remembered. A poller whose last answer is forgotten gets all rows. */
const mostAnswers = 32;
/** Rows that have changed since the remembered answers: of more, the oldest answers are forgotten. */
const mostOldRows = 8_192;
/** Names of removed categories that later answers repeat; of more, the oldest are forgotten. */
const mostRemovedCategories = 1_000;

/** An answer, and the rows of it that changed before the next answer; undefined for a torrent that was not there. */
interface PastAnswer {
  readonly version: number;
  readonly changed: Map<string, TorrentRow | undefined>;
  /** Tags and trackers that changed before the next answer. */
  readonly groups: GroupLog;
}

/**
 * What the pollers of `sync/maindata` have been told: the rows of the last answer, and for each answer before those that
 * changed afterwards. Rows never change in place.
 */
export class MaindataMemory {
  /** The oldest first. */
  readonly #answers: PastAnswer[] = [];
  /** By info-hash. */
  readonly #rows = new Map<string, TorrentRow>();
  #lists = new ListedGroups();
  #categories: ReadonlySet<string> = new Set();
  readonly #removedCategories = new Set<string>();

  /** Remembers an answer with all rows of the view. Its number is the version of the view. */
  keep(view: Pick<TorrentView, "rows" | "since" | "version">): void {
    const { version } = view;
    const last = this.#answers.at(-1);
    if (last?.version === version) return;
    const delta = last && view.since(last.version);
    if (last === undefined || delta === undefined) {
      this.#begin(view.rows);
    } else {
      for (const torrent of delta.removed) this.#replace(torrent, undefined, last);
      for (const row of delta.rows) this.#replace(row.torrent, row, last);
    }
    this.#answers.push({ version, changed: new Map(), groups: new GroupLog() });
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

  /** The categories, the tags and the trackers of the last answer. */
  get lists(): Pick<ListedGroups, "groups" | "tags" | "trackers"> {
    return this.#lists;
  }

  /** The tags and the trackers that have changed since a remembered answer. */
  groupsSince(version: number): GroupLog {
    const log = new GroupLog();
    for (const { groups } of this.#since(version)) log.follow(groups);
    return log;
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

  #begin(rows: readonly TorrentRow[]): void {
    this.#answers.length = 0;
    this.#rows.clear();
    this.#lists = new ListedGroups();
    const unread = new GroupLog();
    for (const row of rows) {
      this.#rows.set(row.torrent, row);
      this.#lists.replace(undefined, row, unread);
    }
  }

  #replace(torrent: string, now: TorrentRow | undefined, last: PastAnswer): void {
    const before = this.#rows.get(torrent);
    last.changed.set(torrent, before);
    this.#lists.replace(before, now, last.groups);
    if (now === undefined) this.#rows.delete(torrent);
    else this.#rows.set(torrent, now);
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

/** The memory of each view: callers that may only read have one without secrets. */
export class MaindataMemories {
  readonly #memories = new WeakMap<TorrentView, MaindataMemory>();

  of(view: TorrentView): MaindataMemory {
    const memory = this.#memories.get(view) ?? new MaindataMemory();
    this.#memories.set(view, memory);
    return memory;
  }
}
