// The settings of an engine.

import {
  address,
  bytes,
  either,
  flag,
  list,
  path,
  record,
  text,
  whole,
  word,
} from "../gates/gate.ts";
import type { LiveName, SettingChanges, SettingRows, SettingValues } from "./setting-row.ts";
import {
  dhtLimits,
  dhtNodes,
  folder,
  limitSchedule,
  listenPorts,
  rateLimit,
} from "./shared-gates.ts";
import { torrentSettings } from "./torrent-settings.ts";

const mebibyte = 1 << 20;
const mostTorrents = 100_000;

/** The settings of an engine. */
export const engineSettings = {
  directory: {
    gate: folder,
    default: ".",
    text: "The data folder of torrents that name none.",
  },
  stateDirectory: {
    gate: folder,
    text: "The state folder (docs/state.md). Without it no state is kept.",
  },
  port: {
    gate: listenPorts,
    default: [6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 0],
    text: "Ports tried in order; 0 lets the system pick.",
  },
  bind: {
    gate: list(address, 1_000),
    default: [],
    text: "Numeric local addresses to listen on and dial from; none: all.",
  },
  peerExchange: {
    gate: flag,
    default: true,
    text: "Connected peers name each other further peers of a torrent (BEP 11).",
  },
  localDiscovery: {
    gate: flag,
    default: true,
    text: "Finds peers of public torrents on the local network (BEP 14).",
  },
  dht: {
    gate: either(flag, record({ nodes: dhtNodes, routers: dhtNodes, limits: dhtLimits })),
    default: true,
    text: "Finds peers of public torrents in the DHT (BEP 5, BEP 32).",
  },
  portMapping: {
    gate: flag,
    default: true,
    text: "Asks the router to map the listen port.",
  },
  ipFilter: {
    gate: path("file"),
    text: "The file of addresses that are neither dialled nor accepted.",
  },
  memory: {
    gate: bytes(mebibyte, 2 ** 40),
    default: 64 * mebibyte,
    text: "Payload memory, a quarter for uploads; at least 1 MiB a peer-worker.",
  },
  peerWorkers: {
    gate: whole(0, 64),
    text: "Threads for connections: cores ÷ 4, 1 to 4. With 0 torrents can only be checked.",
  },
  hashThreads: {
    gate: whole(1, 256),
    text: "Threads for hashing, started on demand: as many as cores.",
  },
  maxPeers: torrentSettings.maxPeers,
  "limits.down": {
    gate: rateLimit,
    default: 0,
    isLive: true,
    by: "control",
    text: "The download limit of all torrents together in bytes a second; 0 is none.",
  },
  "limits.up": {
    gate: rateLimit,
    default: 0,
    isLive: true,
    by: "control",
    text: "The upload limit of all torrents together.",
  },
  "limits.peerDown": {
    gate: rateLimit,
    default: 0,
    isLive: true,
    by: "control",
    text: "The download limit of each peer.",
  },
  "limits.peerUp": {
    gate: rateLimit,
    default: 0,
    isLive: true,
    by: "control",
    text: "The upload limit of each peer.",
  },
  "limits.schedule": {
    gate: limitSchedule,
    default: [],
    isLive: true,
    by: "control",
    text: "Other limits for parts of the week, in local time. The first period that is under way replaces the other limits.",
  },
  maxActiveDownloads: {
    gate: whole(0, mostTorrents),
    isLive: true,
    by: "control",
    text: "Torrents that download at once; none: no limit.",
  },
  maxActiveSeeds: {
    gate: whole(0, mostTorrents),
    isLive: true,
    by: "control",
    text: "Torrents that seed at once; none: no limit.",
  },
  maxChecks: {
    // A quarter of the checks that a check pool takes before it refuses.
    gate: whole(1, 256),
    text: "Torrents of a disk whose found files are hashed at once.",
  },
  uploadSlots: {
    gate: either(word("all", "rate"), whole(1, 10_000)),
    default: "rate",
    text: "Peers of all torrents that get data at a time.",
  },
  peerIdPrefix: {
    gate: text("[!-~]{8}", "8 printable ASCII characters"),
    text: "The first 8 characters of the peer ids of torrents (BEP 20).",
  },
  host: {
    gate: word("threads", "inline"),
    default: "threads",
    text: "`inline` uses the caller's thread alone: for debugging and small jobs.",
  },
  chaos: {
    gate: text(String.raw`[\s\S]*`, "a list of actions"),
    text: "Ends and hangs threads, for tests.",
  },
} as const satisfies SettingRows;

type Rows = typeof engineSettings;

/** The name of a setting of an engine that changes while it runs. */
export type LiveEngineSetting = LiveName<Rows>;

/** Set values of the settings that can change while an engine runs. */
export type LiveEngineSettings = SettingValues<Pick<Rows, LiveEngineSetting>>;

/** Changes of an engine's settings. */
export type EngineSettingChanges = SettingChanges<Pick<Rows, LiveEngineSetting>>;
