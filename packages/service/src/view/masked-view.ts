// The view of callers that may only read: passkeys in addresses are masked.

import { withoutSecrets } from "@troupe/control";
import type { RowSums } from "./row-sums.ts";
import type { TorrentRow } from "./torrent-row.ts";
import type { RecentRows, RowDelta, TorrentView } from "./torrent-view.ts";

/** Rows never change in place: each is masked once, for all callers. */
const maskedRows = new WeakMap<TorrentRow, TorrentRow>();

/** A view whose rows have no secrets. */
export class MaskedView implements TorrentView {
  readonly #view: TorrentView;
  /** The masked rows, and the rows that they were made from. */
  #rows: { readonly of: readonly TorrentRow[]; readonly masked: readonly TorrentRow[] } | undefined;

  constructor(view: TorrentView) {
    this.#view = view;
  }

  get version(): number {
    return this.#view.version;
  }

  get rows(): readonly TorrentRow[] {
    const of = this.#view.rows;
    if (this.#rows?.of !== of) this.#rows = { of, masked: of.map(masked) };
    return this.#rows.masked;
  }

  get sums(): RowSums {
    return this.#view.sums;
  }

  row(torrent: string): TorrentRow | undefined {
    const row = this.#view.row(torrent);
    return row && masked(row);
  }

  since(version: number): RowDelta | undefined {
    const delta = this.#view.since(version);
    return delta && { ...delta, rows: delta.rows.map(masked) };
  }

  recent(seconds: number, nowMs: number): RecentRows {
    const recent = this.#view.recent(seconds, nowMs);
    return { ...recent, rows: recent.rows.map(masked) };
  }

  onChange(listener: () => void): () => void {
    return this.#view.onChange(listener);
  }
}

function masked(row: TorrentRow): TorrentRow {
  const known = maskedRows.get(row);
  if (known !== undefined) return known;
  const made = withoutSecrets(row);
  maskedRows.set(row, made);
  return made;
}
