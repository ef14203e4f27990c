// The rows of all torrents, with the version of their last change.

import type { RowChanges } from "@troupe/coordinator/commands";
import { LiveSums, type RowSums } from "./row-sums.ts";
import { otherNames, type TorrentRow } from "./torrent-row.ts";

/** Removals that are remembered. A poller that has missed more gets all rows. */
const mostRemovals = 10_000;

/** The rows that changed after a version. */
export interface RowDelta {
  readonly rows: readonly TorrentRow[];
  /** Info-hashes. */
  readonly removed: readonly string[];
}

/** The rows that changed of late. */
export interface RecentRows extends RowDelta {
  /** The numbers of the removed torrents. */
  readonly removedNumbers: readonly number[];
}

/** The torrents as lists show them. Rows never change in place. */
export interface TorrentView {
  /** The version of the last change. */
  readonly version: number;
  /** In the order of their adding. */
  readonly rows: readonly TorrentRow[];
  /** Figures of all rows together. */
  readonly sums: RowSums;
  /** @param torrent An info-hash: the key of the torrent, or one of its other names. */
  row(torrent: string): TorrentRow | undefined;
  /** @returns Undefined for a version that is not known, or too old: all rows count as changed. */
  since(version: number): RowDelta | undefined;
  /** The rows that changed in the last seconds, and the removals. */
  recent(seconds: number, nowMs: number): RecentRows;
  /** Calls `listener` after each change. @returns Ends it. */
  onChange(listener: () => void): () => void;
}

interface Entry {
  readonly row: TorrentRow;
  readonly version: number;
  readonly changedMs: number;
}

interface Removal {
  readonly torrent: string;
  readonly number: number;
  readonly version: number;
  readonly removedMs: number;
}

/** A view that takes changes. */
export class LiveView implements TorrentView {
  readonly #entries = new Map<string, Entry>();
  /** Keys of torrents by their other names. The first torrent that had a name is found by it. */
  readonly #keys = new Map<string, readonly string[]>();
  readonly #sums = new LiveSums();
  /** By info-hash; the oldest first. */
  readonly #removals = new Map<string, Removal>();
  /** Changes after this version are known. */
  #floor = Infinity;
  #version = 0;
  /** Made when asked for. */
  #rows: readonly TorrentRow[] | undefined;
  readonly #listeners = new Set<() => void>();

  get version(): number {
    return this.#version;
  }

  get rows(): readonly TorrentRow[] {
    return (this.#rows ??= [...this.#entries.values()].map(({ row }) => row));
  }

  get sums(): RowSums {
    return this.#sums.now;
  }

  row(torrent: string): TorrentRow | undefined {
    const entry =
      this.#entries.get(torrent) ?? this.#entries.get(this.#keys.get(torrent)?.[0] ?? "");
    return entry?.row;
  }

  since(version: number): RowDelta | undefined {
    if (!Number.isSafeInteger(version) || version < this.#floor || version > this.#version)
      return undefined;
    return this.#changes((each) => each.version > version);
  }

  recent(seconds: number, nowMs: number): RecentRows {
    const sinceMs = nowMs - seconds * 1_000;
    const isRecent = (each: Entry | Removal): boolean =>
      ("row" in each ? each.changedMs : each.removedMs) >= sinceMs;
    const removedNumbers = [...this.#removals.values()]
      .filter(isRecent)
      .map(({ number }) => number);
    return { ...this.#changes(isRecent), removedNumbers };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes changes. A row that is equal to the known one changes nothing. */
  apply(changes: RowChanges, nowMs: number): void {
    const { version, rows, removed, isWhole = false } = changes;
    if (this.#floor === Infinity) this.#floor = version;
    this.#version = version;
    if (isWhole) this.#removeOthers(new Set(rows.map(({ torrent }) => torrent)), nowMs);
    for (const torrent of removed) this.#remove(torrent, nowMs);
    for (const row of rows) this.#put(row, nowMs);
    for (const listener of this.#listeners) listener();
  }

  #changes(isChange: (each: Entry | Removal) => boolean): RowDelta {
    const rows: TorrentRow[] = [];
    for (const entry of this.#entries.values()) if (isChange(entry)) rows.push(entry.row);
    const removed = [...this.#removals.values()].filter(isChange).map(({ torrent }) => torrent);
    return { rows, removed };
  }

  #put(row: TorrentRow, nowMs: number): void {
    const before = this.#entries.get(row.torrent);
    if (before !== undefined && isEqual(before.row, row)) return;
    // A torrent that comes back is no removal any more.
    if (before === undefined) this.#removals.delete(row.torrent);
    this.#sums.replace(before?.row, row);
    for (const name of otherNames(row)) this.#nameToo(row.torrent, name);
    this.#entries.set(row.torrent, { row, version: this.#version, changedMs: nowMs });
    this.#rows = undefined;
  }

  #nameToo(torrent: string, name: string): void {
    const keys = this.#keys.get(name) ?? [];
    if (!keys.includes(torrent)) this.#keys.set(name, [...keys, torrent]);
  }

  #forgetName(torrent: string, name: string): void {
    const keys = this.#keys.get(name)?.filter((key) => key !== torrent) ?? [];
    if (keys.length > 0) this.#keys.set(name, keys);
    else this.#keys.delete(name);
  }

  #removeOthers(kept: ReadonlySet<string>, nowMs: number): void {
    for (const torrent of this.#entries.keys())
      if (!kept.has(torrent)) this.#remove(torrent, nowMs);
  }

  #remove(torrent: string, nowMs: number): void {
    const entry = this.#entries.get(torrent);
    if (entry === undefined) return;
    this.#entries.delete(torrent);
    for (const name of otherNames(entry.row)) this.#forgetName(torrent, name);
    this.#sums.replace(entry.row, undefined);
    this.#rows = undefined;
    const { number } = entry.row;
    this.#removals.set(torrent, { torrent, number, version: this.#version, removedMs: nowMs });
    const [oldest] = this.#removals.values();
    if (this.#removals.size <= mostRemovals || oldest === undefined) return;
    this.#removals.delete(oldest.torrent);
    this.#floor = Math.max(this.#floor, oldest.version);
  }
}

/** Compares plain data. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [Object.entries(one), other as Readonly<Record<string, unknown>>];
  if (left.length !== Object.keys(right).length) return false;
  return left.every(([key, value]) => isEqual(value, right[key]));
}
