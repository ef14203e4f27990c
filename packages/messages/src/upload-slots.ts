/**
 * Unchoked peers of all torrents together. `rate`: 20, and more as long as each further slot carries 2 kB/s more than the
 * last; 4 a torrent in any case. `all`: every interested peer. A number: so many, and one a torrent in any case.
 */
export type UploadSlots = number | "all" | "rate";

/** How a torrent that downloads nothing more gives slots. */
export const seedChokers = ["round-robin", "fastest-upload"] as const;

/**
 * `round-robin`: each peer in turn, for 20 pieces or a minute. `fastest-upload`: to the peers that take fastest, and the
 * rest by lot.
 */
export type SeedChoker = (typeof seedChokers)[number];
