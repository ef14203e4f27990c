// The size of the simulated DHT: 120 nodes in the gate, 200 in the long lanes, or `DHT_NODES=2000`.

import { isLong } from "../../lanes.ts";

const minute = 60_000;

/** Honest nodes of a run. */
export const dhtNodes = Number(process.env["DHT_NODES"] ?? (isLong ? 200 : 120));

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

/** Nodes of a run with hostile ones: fewer Sybils than these have do not surround a torrent. */
const allNodes = Math.max(dhtNodes, 200);
const hostileCount = Math.floor(allNodes / 5);

/**
 * Sizes of a run with a fifth of the nodes hostile. Each torrent has twenty Sybils around it, or ten in a small run.
 */
export const hostileRun = {
  ...usualRun,
  nodes: allNodes - hostileCount,
  hostile: { nodes: hostileCount, infiltrationMs: isLarge ? 10 * minute : 2 * minute },
  torrents: isLarge ? hostileCount / 80 : 1,
  // One may fail.
  lookUps: isLarge || isLong ? usualRun.lookUps : 100,
  newcomers: 0,
} as const;
