// The values of limits that are off, as Transmission's are. A limit that is switched on without a value takes them.

/** Values of limits of a torrent and of the session. */
export const defaults = {
  speed: 100,
  altSpeed: 50,
  /** Minutes after midnight. */
  altBegin: 540,
  altEnd: 1_020,
  seedRatio: 2,
  idleMinutes: 30,
  downloadQueue: 5,
  seedQueue: 10,
  /** Connections of all torrents, and of each, where no setting bounds them. */
  peersOfAll: 500,
  peersOfTorrent: 200,
} as const;
