import type { PeerRowIndex } from "@troupe/messages";

/** The rows of a torrent's peers that may be reserved. */
export class FreeRows {
  /** Rows from here on were never reserved. */
  #firstUnused = 0;
  /** The row free the longest first. */
  readonly #released: PeerRowIndex[] = [];

  /** @returns A row below `end` that was never reserved, or else the row free the longest. */
  reserve(end: number): PeerRowIndex | undefined {
    if (this.#firstUnused < end) return this.#firstUnused++ as PeerRowIndex;
    const at = this.#released.findIndex((row) => row < end);
    return at < 0 ? undefined : this.#released.splice(at, 1)[0];
  }

  release(row: PeerRowIndex): void {
    this.#released.push(row);
  }
}
