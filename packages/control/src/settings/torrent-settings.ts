// The settings of a torrent. What holds for one `add` only is an argument of that command: commands/commands.ts.

import { flag, list, text, url, whole, word } from "../gates/gate.ts";
import { fileNameSettings } from "./file-name-settings.ts";
import { fileSettings } from "./file-settings.ts";
import { goalSettings } from "./goal-settings.ts";
import type { LiveName, SettingChanges, SettingRows, SettingValues } from "./setting-row.ts";
import { groupName, labels, limitRow } from "./shared-gates.ts";

/** How a torrent announces to several trackers. */
const announceModes = ["parallel", "strict", "all"] as const;

/**
 * `parallel`: to one tracker of each tier at a time. `strict`: to one tracker at a time, in the order of the tiers (BEP
 * 12). `all`: to every tracker.
 */
export type AnnounceMode = (typeof announceModes)[number];

const bandwidthPriorities = ["high", "normal", "low"] as const;

/**
 * The share of a torrent in what the torrents of an engine divide. A `high` torrent has twice the share of a `normal`
 * torrent, which has twice the share of a `low` torrent.
 */
export type BandwidthPriority = (typeof bandwidthPriorities)[number];

const seedChokers = ["round-robin", "fastest-upload"] as const;

/**
 * The rule by which a torrent that downloads nothing more gives slots. `round-robin`: each peer in turn, for 20 pieces
 * or a minute. `fastest-upload`: the peers that take fastest, and others at random.
 */
export type SeedChoker = (typeof seedChokers)[number];

const trackerUrl = text(
  "(?:https?|udp|HTTPS?|UDP)://.{1,2040}",
  "an http://, https:// or udp:// address",
);

/** The settings of a torrent. */
export const torrentSettings = {
  trackers: {
    gate: list(text(String.raw`[\s\S]{0,2048}`, "a URL of 2048 characters at most"), 200),
    default: [],
    isLive: true,
    right: "control",
    option: {
      name: "tracker",
      sign: "URL",
      word: trackerUrl,
      takes: "an http://, https:// or udp:// address of a tracker",
      calls: "download seed info cat play",
      group: "Peers",
      help: "one more tracker, repeatable",
    },
    text: "Trackers that are announced to before the torrent's own.",
  },
  trackerTiers: {
    gate: list(list(trackerUrl, 100), 100),
    isLive: true,
    right: "control",
    type: "readonly (readonly string[])[]",
    text: "The tiers of trackers, in place of the torrent's own and those of `trackers`; also of a private torrent, which then leaves its peers (BEP 27). A tracker that is left gets `stopped`.",
  },
  useTrackers: {
    gate: flag,
    default: true,
    isLive: true,
    right: "control",
    option: {
      name: "no-trackers",
      calls: "download seed info cat play",
      group: "Peers",
      help: "use no tracker",
    },
    text: "False ignores all trackers.",
  },
  announce: {
    gate: word(...announceModes),
    default: "parallel",
    isLive: true,
    right: "control",
    type: "AnnounceMode",
    option: {
      name: "announce",
      calls: "download seed info cat play",
      group: "Peers",
      help: "which trackers are announced to: parallel, one of each tier; strict, one in all, in order; all (parallel)",
    },
    text: "`parallel` announces to one tracker of each tier at a time, `strict` to one tracker at a time in the order of the tiers, `all` to every tracker. A private torrent is always announced as `strict`.",
  },
  webSeeds: {
    gate: list(url, 100),
    default: [],
    isLive: true,
    right: "control",
    option: {
      name: "web-seed",
      calls: "download cat play",
      group: "Peers",
      help: "a web server with the files, repeatable: their folder with a / at the end, or the file",
    },
    text: "Web seeds (BEP 19) besides those of the torrent: http and https URLs, 100 at most. They may name hosts of the local network, unless a program elsewhere names them.",
  },
  torrentWebSeeds: {
    gate: flag,
    default: true,
    isLive: true,
    right: "control",
    text: "False leaves out the web seeds that the torrent and its link name: only those of `webSeeds` are used.",
  },
  useLocalHosts: {
    gate: flag,
    default: true,
    isLive: true,
    text: "False: the trackers and web seeds of the torrent lead to hosts of the internet and to the coordinator's `localHosts` alone, at each redirect and each address of a name. A program elsewhere that adds a torrent, or names its trackers or web seeds, sets it to false.",
  },
  maxPeers: {
    gate: whole(1, 10_000),
    default: 200,
    isLive: true,
    right: "control",
    option: {
      name: "max-peers",
      calls: "download seed cat play",
      group: "Limits",
      help: "connections per torrent (200)",
    },
    text: "Connections of a torrent, 1 to 10,000. The value of its group, else the coordinator's, holds for each torrent without one of its own.",
  },
  sequential: {
    gate: flag,
    default: false,
    isLive: true,
    right: "control",
    option: {
      name: "sequential",
      calls: "download",
      group: "Sources and files",
      help: "fetch the pieces in order",
    },
    text: "Downloads pieces by index, not the rarest first.",
  },
  firstLastPieces: {
    gate: flag,
    default: false,
    isLive: true,
    right: "control",
    option: {
      name: "first-last",
      calls: "download",
      group: "Sources and files",
      help: "fetch the first and the last piece of each file before the others",
    },
    text: "Downloads the first and the last piece of each file before the others, which a player may need to begin.",
  },
  fromPiece: {
    gate: whole(0, 2 ** 21 - 1),
    isLive: true,
    right: "control",
    option: {
      name: "from-piece",
      calls: "download",
      group: "Sources and files",
      help: "fetch the pieces in order from piece N on, those before it last",
    },
    text: "Downloads pieces by index from this one on, and those before it last.",
  },
  ...fileSettings,
  portableNames: {
    gate: flag,
    default: false,
    right: "control",
    option: {
      name: "portable-names",
      calls: "download seed cat play",
      group: "Sources and files",
      help: "give files names that Windows takes, too (only there)",
    },
    text: "True gives the files names that every system accepts, on Windows always. False keeps the names in the torrent, as other clients do, and changes only what no system accepts. A file that lies under the other name is used in both cases.",
  },
  ...fileNameSettings,
  seedOnly: {
    gate: flag,
    default: false,
    right: "control",
    text: "Serves and never writes. A torrent that is not complete gets the error `incomplete`.",
  },
  upload: {
    gate: flag,
    default: true,
    right: "control",
    option: {
      name: "no-upload",
      calls: "download cat play",
      group: "Seeding",
      help: "give no data to peers",
    },
    text: "False gives peers no data of this torrent.",
  },
  seedChoker: {
    gate: word(...seedChokers),
    default: "round-robin",
    right: "control",
    type: "SeedChoker",
    text: "The peers that a complete torrent gives its slots to. `round-robin`: each peer in turn, for 20 pieces or a minute. `fastest-upload`: the peers that take fastest.",
  },
  superSeed: {
    gate: flag,
    default: false,
    isLive: true,
    right: "control",
    option: {
      name: "super-seed",
      calls: "download seed",
      group: "Seeding",
      help: "seed, and show each peer a few pieces until others have them; ends with another seed",
    },
    text: "Super-seeds (BEP 16) once the torrent is a seed: each peer is shown a few pieces, and further pieces when other peers have them, so that few bytes are sent twice. Ends when another seed appears.",
  },
  ...goalSettings,
  "limits.down": limitRow("The download limit in bytes a second, 1,000 or more; 0 is none."),
  "limits.up": limitRow("The upload limit."),
  "limits.peerDown": limitRow("The download limit of each peer."),
  "limits.peerUp": limitRow("The upload limit of each peer."),
  stopAt: {
    gate: word("metadata"),
    right: "control",
    text: "`metadata` stops the torrent once its files are known, so that they can be chosen; its next start goes on. A magnet fetches its metadata first; a .torrent is added stopped. By default it does not stop.",
  },
  forced: {
    gate: flag,
    default: false,
    isLive: true,
    right: "control",
    text: "Runs outside of the limits of the queue.",
  },
  bandwidthPriority: {
    gate: word(...bandwidthPriorities),
    default: "normal",
    isLive: true,
    right: "control",
    type: "BandwidthPriority",
    option: {
      name: "bandwidth-priority",
      calls: "download seed",
      group: "Limits",
      help: "share of the bytes under limits, connections, dials, slots and memory: high, normal, low, as 4 : 2 : 1 (normal)",
    },
    text: "The share of the torrent in what all torrents divide: bytes under the limits of the engine, connections, dials, upload slots, memory. `high`, `normal` and `low` have shares of 4 : 2 : 1.",
  },
  labels: {
    gate: labels,
    default: [],
    isLive: true,
    right: "control",
    option: {
      name: "label",
      sign: "LABEL",
      calls: "download seed",
      group: "Output",
      help: "a label of the torrents for programs that show them, repeatable",
    },
    text: "Texts by which people find the torrent, 100 at most, of 1 to 64 characters each. Labels have no other effect.",
  },
  group: {
    gate: groupName,
    isLive: true,
    right: "control",
    option: {
      name: "group",
      sign: "NAME",
      calls: "download seed",
      group: "Limits",
      help: "the group of the torrents; the settings file has the settings of groups",
    },
    text: "The name of the torrent's group, 1 to 64 characters. The group has the settings that the coordinator's `groups` gives it. By default the torrent is in no group.",
  },
  foundWebSeeds: {
    gate: list(url, 100),
    default: [],
    isLive: true,
    right: "library",
    text: "Web seeds that another source of the torrent has named. They may not name hosts of the local network.",
  },
  queueRank: {
    gate: whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    default: 0,
    isLive: true,
    right: "library",
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
