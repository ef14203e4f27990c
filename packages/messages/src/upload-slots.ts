/**
 * Unchoked peers of all torrents together. `rate`: 20, at least 4 a torrent, and more as long as each further slot
 * carries 2 kB/s more than the last. `all`: every interested peer. A number: so many, at least one a torrent.
 */
export type UploadSlots = number | "all" | "rate";
