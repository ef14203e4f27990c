// The settings of a torrent. What holds for one `add` only is an argument of that command: commands/commands.ts.

import { duration, flag, list, ratio, text, url, whole, word } from "../gates/gate.ts";
import type { LiveName, SettingChanges, SettingRows, SettingValues } from "./setting-row.ts";
import { rateLimit } from "./shared-gates.ts";

const mostRatio = 1_000_000;
/** Over thirty years. */
const mostGoalSeconds = 1_000_000_000;

/** How a torrent announces to several trackers. */
const announceModes = ["parallel", "strict", "all"] as const;

/**
 * `parallel`: to one tracker of each tier at a time. `strict`: to one tracker at a time, in the order of the tiers (BEP
 * 12). `all`: to every tracker.
 */
export type AnnounceMode = (typeof announceModes)[number];

const seedChokers = ["round-robin", "fastest-upload"] as const;

/**
 * The rule by which a torrent that downloads nothing more gives slots. `round-robin`: each peer in turn, for 20 pieces
 * or a minute. `fastest-upload`: the peers that take fastest, and others at random.
 */
export type SeedChoker = (typeof seedChokers)[number];

/** The settings of a torrent. */
export const torrentSettings = {
  trackers: {
    gate: list(text(String.raw`[\s\S]{0,2048}`, "a URL of 2048 characters at most"), 200),
    default: [],
    by: "control",
    text: "Announced to before the torrent's own trackers.",
  },
  useTrackers: {
    gate: flag,
    default: true,
    by: "control",
    text: "False ignores all trackers.",
  },
  announce: {
    gate: word(...announceModes),
    default: "parallel",
    by: "control",
    text: "`parallel` announces to one tracker of each tier at a time, `strict` to one tracker at a time in the order of the tiers, `all` to every tracker. A private torrent is always announced as `strict`.",
  },
  webSeeds: {
    gate: list(url, 100),
    default: [],
    text: "Web seeds (BEP 19) besides those of the torrent. They may name hosts of the local network.",
  },
  maxPeers: {
    gate: whole(1, 10_000),
    default: 200,
    isLive: true,
    by: "control",
    text: "Connections of a torrent.",
  },
  sequential: {
    gate: flag,
    default: false,
    by: "control",
    text: "Downloads pieces by index, not the rarest first.",
  },
  portableNames: {
    gate: flag,
    default: false,
    by: "control",
    text: "True gives the files names that every system accepts; on Windows always.",
  },
  seedOnly: {
    gate: flag,
    default: false,
    by: "control",
    text: "Serves and never writes. A torrent that is not complete gets the error `incomplete`.",
  },
  upload: {
    gate: flag,
    default: true,
    by: "control",
    text: "False gives peers no data of this torrent.",
  },
  seedChoker: {
    gate: word(...seedChokers),
    default: "round-robin",
    by: "control",
    text: "The peers that a complete torrent gives its slots to. `round-robin`: each peer in turn, for 20 pieces or a minute. `fastest-upload`: the peers that take fastest.",
  },
  superSeed: {
    gate: flag,
    default: false,
    isLive: true,
    by: "control",
    text: "Super-seeds (BEP 16) once the torrent is a seed, until another seed appears.",
  },
  "goals.ratio": {
    gate: ratio(mostRatio),
    isLive: true,
    by: "control",
    text: "The torrent stops at this ratio: sent bytes divided by received bytes of all runs. Files that were there before the first run count as received.",
  },
  "goals.seedSeconds": {
    gate: duration(1, mostGoalSeconds),
    isLive: true,
    by: "control",
    text: "The torrent stops after so many seconds of seeding in all runs together.",
  },
  "goals.idleSeconds": {
    gate: duration(1, mostGoalSeconds),
    isLive: true,
    by: "control",
    text: "The torrent stops after so many seconds of seeding without a block sent.",
  },
  "goals.until": {
    gate: word("any", "all"),
    default: "any",
    isLive: true,
    by: "control",
    text: "Stops when one goal is reached, or when all are.",
  },
  "limits.down": {
    gate: rateLimit,
    default: 0,
    isLive: true,
    by: "control",
    text: "The download limit of the torrent in bytes a second; 0 is none.",
  },
  "limits.up": {
    gate: rateLimit,
    default: 0,
    isLive: true,
    by: "control",
    text: "The upload limit of the torrent.",
  },
  "limits.peerDown": {
    gate: rateLimit,
    default: 0,
    isLive: true,
    by: "control",
    text: "The download limit of each peer of the torrent.",
  },
  "limits.peerUp": {
    gate: rateLimit,
    default: 0,
    isLive: true,
    by: "control",
    text: "The upload limit of each peer of the torrent.",
  },
  forced: {
    gate: flag,
    default: false,
    isLive: true,
    by: "control",
    text: "Runs outside of the limits of the queue.",
  },
  queueRank: {
    gate: whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    default: 0,
    isLive: true,
    by: "library",
    text: "The torrent with the lowest rank comes first in the queue. Torrents of the same rank are in the order of their adding.",
  },
} as const satisfies SettingRows;

type Rows = typeof torrentSettings;

/** The name of a setting of a torrent. */
export type TorrentSetting = keyof Rows;

/** The name of a setting that changes while its torrent runs. */
export type LiveTorrentSetting = LiveName<Rows>;

/** Set values of a torrent's settings. An absent setting is not set. */
export type TorrentSettings = SettingValues<Rows>;

/** Changes of a torrent's settings. */
export type TorrentSettingChanges = SettingChanges<Pick<Rows, LiveTorrentSetting>>;
