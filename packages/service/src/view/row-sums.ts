import type { TorrentRow } from "./torrent-row.ts";

const none = {
  ...{ downBytesPerSecond: 0, upBytesPerSecond: 0, downloadedBytes: 0, uploadedBytes: 0 },
  ...{ wastedBytes: 0, peers: 0 },
};

/** Figures of all torrents together. */
export type RowSums = Readonly<typeof none>;

/** Sums that follow changes of rows: a walk over 10,000 rows takes 10 ms. */
export class LiveSums {
  readonly #sums = { ...none };

  get now(): RowSums {
    return this.#sums;
  }

  /** @param before, now Rows of one torrent; undefined: it is not there. */
  replace(before: TorrentRow | undefined, now: TorrentRow | undefined): void {
    if (before !== undefined) this.#add(before, -1);
    if (now !== undefined) this.#add(now, 1);
  }

  #add(row: TorrentRow, times: number): void {
    const sums = this.#sums;
    sums.downBytesPerSecond += times * row.downBytesPerSecond;
    sums.upBytesPerSecond += times * row.upBytesPerSecond;
    sums.downloadedBytes += times * row.downloadedBytes;
    sums.uploadedBytes += times * row.uploadedBytes;
    sums.wastedBytes += times * row.wastedBytes;
    sums.peers += times * row.peers;
  }
}
