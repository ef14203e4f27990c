// The tabs that share a feed, and what each has not got yet.

import type { FeedMessage } from "./feed-messages.ts";
import type { RowCache } from "./row-cache.ts";
import type { ListRow } from "./list-row.ts";

/** Rows of one message: a longer message would hold up the tab that reads it. */
const mostRows = 500;

/** A tab. */
interface Tab {
  readonly send: (message: FeedMessage) => void;
  /** Undefined: shown. Hashes of torrents that changed while it was hidden. */
  missed: Set<string> | undefined;
}

/** Tabs by the key that their holder gives them. */
export class TabList<Key> {
  readonly #tabs = new Map<Key, Tab>();
  readonly #cache: RowCache;

  constructor(cache: RowCache) {
    this.#cache = cache;
  }

  /** Adds a tab, and sends it all rows, once there are some. */
  add(key: Key, send: Tab["send"]): void {
    this.#tabs.set(key, { send, missed: undefined });
    if (!this.#cache.isEmpty) sendRows(send, [...this.#cache.rows], [], true);
  }

  remove(key: Key): void {
    this.#tabs.delete(key);
  }

  /** Hides a tab, or shows it and sends what it missed. */
  setShown(key: Key, isShown: boolean): void {
    const tab = this.#tabs.get(key);
    if (tab === undefined) return;
    if (!isShown) {
      tab.missed ??= new Set();
      return;
    }
    const missed = [...(tab.missed ?? [])];
    tab.missed = undefined;
    const rows = missed
      .map((torrent) => this.#cache.row(torrent))
      .filter((row) => row !== undefined);
    const removed = missed.filter((torrent) => this.#cache.row(torrent) === undefined);
    if (missed.length > 0) sendRows(tab.send, rows, removed, false);
  }

  /** Sends a message to all tabs; a hidden one gets the rows once it is shown, and no notes. */
  send(message: FeedMessage): void {
    const forgetsAll = message.kind === "rows" && message.isAnew && message.rows.length === 0;
    const isForAll = message.kind === "connection" || forgetsAll;
    for (const { missed, send } of this.#tabs.values()) {
      if (missed === undefined || isForAll) send(message);
      else if (message.kind === "rows") {
        for (const { torrent } of message.rows) missed.add(torrent);
        for (const torrent of message.removed) missed.add(torrent);
      }
    }
  }
}

function sendRows(
  send: Tab["send"],
  rows: readonly ListRow[],
  removed: readonly string[],
  isAnew: boolean,
): void {
  send({ kind: "rows", rows: rows.slice(0, mostRows), removed, isAnew });
  for (let at = mostRows; at < rows.length; at += mostRows)
    send({ kind: "rows", rows: rows.slice(at, at + mostRows), removed: [], isAnew: false });
}
