// The size of the simulated DHT: 200 nodes, or `DHT_NODES=2000`.

const minute = 60_000;

/** Honest nodes of a run. */
export const dhtNodes = Number(process.env["DHT_NODES"] ?? 200);

/** Enough nodes for the figures of a large DHT. */
export const isLarge: boolean = dhtNodes >= 2_000;

/** A usual run of this size. */
export const usualRun = {
  nodes: dhtNodes,
  halfLifeMs: 30 * minute,
  joinMs: isLarge ? 5 * minute : minute,
  lossChance: 0.05,
  torrents: isLarge ? 100 : 20,
  warmUpMs: isLarge ? 10 * minute : 2 * minute,
  lookUps: isLarge ? 2_000 : 120,
  lookUpEveryMs: 500,
  newcomers: isLarge ? 100 : 5,
} as const;

const hostileCount = Math.floor(dhtNodes / 5);

/**
 * Sizes of a run with a fifth of the nodes hostile. Each torrent has twenty Sybils around it, or ten in a small run.
 */
export const hostileRun = {
  ...usualRun,
  nodes: dhtNodes - hostileCount,
  hostile: { nodes: hostileCount, infiltrationMs: isLarge ? 10 * minute : 2 * minute },
  torrents: isLarge ? hostileCount / 80 : 1,
  newcomers: 0,
} as const;
