// The changed rows that a reader of events has not got yet.

import type { TorrentView } from "../view/torrent-view.ts";

/** Bytes of the data of an event. A longer row is named instead. */
const mostDataBytes = 32 * 1_024;

/**
 * Changes of rows, in pieces. A row is read when it is written, so that a slow reader gets its latest state and not those
 * in between.
 */
export class ChangedRows {
  readonly #view: TorrentView;
  /** Changes up to this version are written. */
  #version: number;
  /** The version that is reached once all of `#waiting` is written. */
  #target: number;
  /** Info-hashes of rows that changed or are gone, the next one last. */
  #waiting: string[] = [];

  constructor(view: TorrentView, version: number) {
    this.#view = view;
    this.#version = version;
    this.#target = version;
  }

  /** Changes up to this version are written. */
  get version(): number {
    return this.#version;
  }

  /** Takes all changes as written. */
  skip(): void {
    this.#waiting = [];
    this.#version = this.#target = this.#view.version;
  }

  /** @returns The data of the next event; undefined if nothing has changed. */
  next(): { readonly data: string } | "changes-unknown" | undefined {
    if (this.#waiting.length === 0) {
      if (this.#version === this.#view.version) return undefined;
      const delta = this.#view.since(this.#version);
      if (delta === undefined) return "changes-unknown";
      this.#target = this.#view.version;
      this.#waiting = [...delta.rows.map(({ torrent }) => torrent), ...delta.removed].toReversed();
      if (this.#waiting.length === 0) {
        this.#version = this.#target;
        return undefined;
      }
    }
    return { data: this.#nextPiece() };
  }

  /** Whether the last piece was the end of the known changes. */
  get isAtEnd(): boolean {
    return this.#waiting.length === 0;
  }

  #nextPiece(): string {
    const rows: string[] = [];
    const [removed, long]: [string[], string[]] = [[], []];
    let bytes = 0;
    for (
      let torrent = this.#waiting.at(-1);
      torrent !== undefined;
      torrent = this.#waiting.at(-1)
    ) {
      const row = this.#view.row(torrent);
      const text = JSON.stringify(row ?? torrent);
      const isLong = Buffer.byteLength(text) > mostDataBytes;
      bytes += isLong ? torrent.length : Buffer.byteLength(text);
      if (bytes > mostDataBytes && rows.length + removed.length + long.length > 0) break;
      this.#waiting.pop();
      if (isLong) long.push(torrent);
      else if (row === undefined) removed.push(torrent);
      else rows.push(text);
    }
    if (this.#waiting.length === 0) this.#version = this.#target;
    const named = { removed, ...(long.length > 0 && { long }) };
    return `{"version":${this.#version},"rows":[${rows.join(",")}],${JSON.stringify(named).slice(1)}`;
  }
}
