/**
 * Unchoked peers of all torrents together. `rate`: 20, at least 4 a torrent, and more as long as each further slot
 * carries 2 kB/s more than the last. `all`: every interested peer. A number: so many, at least one a torrent.
 */
export type UploadSlots = number | "all" | "rate";

/** Rules by which a torrent that downloads nothing more gives slots. */
export const seedChokers = ["round-robin", "fastest-upload"] as const;

/**
 * `round-robin`: each peer in turn, for 20 pieces or a minute. `fastest-upload`: the peers that take fastest, and
 * others at random.
 */
export type SeedChoker = (typeof seedChokers)[number];
