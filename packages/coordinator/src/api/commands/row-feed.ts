// The rows of torrents that have changed, for a program that shows lists elsewhere.

import type { CommandResults } from "@troupe/control/commands";
import type { Coordinator } from "../coordinator.ts";
import { inQueueOrder } from "../queue/queue-ranks.ts";
import { sessionOf } from "../session-of.ts";
import type { ListWatcher, TorrentList } from "../torrent-list.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";
import { shownTorrent } from "./shown-torrent.ts";

type Row = CommandResults["status"];

/** Changes of rows. Those of a later version come after those of an earlier one. */
export interface RowChanges {
  readonly version: number;
  readonly rows: readonly Row[];
  /** Info-hashes of torrents that are no longer there. */
  readonly removed: readonly string[];
  /** The rows are all that there are: torrents without a row are no longer there. Default false. */
  readonly isWhole?: true;
}

/** Changed rows beyond this number are numbered by one sort of the queue. */
const mostSearches = 8;

/** Collects changed rows until they are taken. A coordinator has one feed at a time. */
export class RowFeed {
  readonly #torrents: TorrentList;
  readonly #changes = new Set<TorrentProxy>();
  readonly #removed = new Set<string>();
  /** Positions that were last given, which change with those of other torrents. */
  readonly #positions = new Map<TorrentProxy, number>();
  #arePositionsOld = false;
  #version: number;

  /**
   * @param firstVersion A random start: readers take no version of this feed for that of another one.
   * @throws TroupeError `option-out-of-range` for a coordinator that does not run.
   */
  constructor(coordinator: Coordinator, firstVersion: number) {
    this.#torrents = sessionOf(coordinator).torrents;
    this.#version = firstVersion;
    this.#torrents.watch(this.#watcher());
  }

  /** The torrent may have changed without an event. @param torrents Info-hashes; undefined: all. */
  touch(torrents?: readonly string[]): void {
    const touched = torrents?.flatMap((each) => this.#torrents.withInfoHash(each) ?? []);
    for (const torrent of touched ?? this.#torrents.all) this.#changes.add(torrent);
  }

  /** Torrents have changed their places in the queue: the next {@link takeAll} has the rows of all that moved. */
  touchQueue(): void {
    this.#arePositionsOld = true;
  }

  /** The rows that changed since the last call. @returns Undefined if there are none. */
  take(): RowChanges | undefined {
    if (this.#changes.size === 0 && this.#removed.size === 0) return undefined;
    const changed = this.#changed();
    const position = this.#positionsFor(changed);
    const rows = changed.map((torrent) => this.#rowOf(torrent, position(torrent)));
    return this.#give(rows);
  }

  /** The rows of {@link take}, and those of torrents that other torrents have moved in the queue. */
  takeAll(): RowChanges | undefined {
    if (this.#arePositionsOld) {
      this.#arePositionsOld = false;
      for (const [place, torrent] of inQueueOrder(this.#torrents.all).entries())
        if (this.#positions.get(torrent) !== place) this.#changes.add(torrent);
    }
    return this.take();
  }

  /** The rows of all torrents. */
  takeWhole(): RowChanges {
    this.touch();
    return { ...(this.take() ?? this.#give([])), isWhole: true };
  }

  #watcher(): ListWatcher {
    return {
      changes: this.#changes,
      removed: (torrent) => {
        this.#changes.delete(torrent);
        this.#positions.delete(torrent);
        this.#removed.add(torrent.info.infoHash);
        this.#arePositionsOld = true;
      },
    };
  }

  /** Many changes in the order of their adding; few ones are found without a walk over all torrents. */
  #changed(): readonly TorrentProxy[] {
    if (this.#changes.size > mostSearches)
      return this.#torrents.all.filter((torrent) => this.#changes.has(torrent));
    return [...this.#changes].filter((torrent) => this.#torrents.has(torrent));
  }

  #positionsFor(torrents: readonly TorrentProxy[]): (torrent: TorrentProxy) => number {
    if (torrents.length <= mostSearches) return (torrent) => this.#torrents.queuePosition(torrent);
    const queue = inQueueOrder(this.#torrents.all);
    const places = new Map(queue.map((torrent, place) => [torrent, place]));
    return (torrent) => places.get(torrent) ?? 0;
  }

  #rowOf(torrent: TorrentProxy, position: number): Row {
    if (this.#positions.get(torrent) !== position) this.#arePositionsOld = true;
    this.#positions.set(torrent, position);
    this.#removed.delete(torrent.info.infoHash);
    return shownTorrent(torrent, position);
  }

  #give(rows: readonly Row[]): RowChanges {
    const removed = [...this.#removed];
    this.#changes.clear();
    this.#removed.clear();
    this.#version++;
    return { version: this.#version, rows, removed };
  }
}
