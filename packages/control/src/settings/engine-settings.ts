// The settings of an engine.

import { address, bytes, either, flag, list, record, text, whole, word } from "../gates/gate.ts";
import { connectionSettings } from "./connection-settings.ts";
import { goalSettings } from "./goal-settings.ts";
import { groupsRow } from "./group-settings.ts";
import { engineLimitSettings } from "./engine-limit-settings.ts";
import { fileAccessSettings } from "./file-access-settings.ts";
import { ipFilterSettings } from "./ip-filter-settings.ts";
import { trackerListSettings } from "./tracker-list-settings.ts";
import type {
  LibraryRow,
  LiveName,
  SettingChanges,
  SettingRows,
  SettingValues,
} from "./setting-row.ts";
import { dhtFields, dhtLimits, dhtNodes, folder, listenPorts } from "./shared-gates.ts";
import { torrentSettings } from "./torrent-settings.ts";

const mebibyte = 1 << 20;
const mostTorrents = 100_000;

/** The settings of an engine. */
export const engineSettings = {
  directory: {
    gate: folder,
    default: ".",
    isLive: true,
    right: "control",
    option: {
      name: "dir",
      letter: "d",
      calls: "download seed check match load-test cat play add",
      isUsual: true,
      help: "where the data goes, or is (current folder; add: the folder of the service)",
    },
    text: "The data folder of torrents that name none: a path from the current folder at the start. A change holds for torrents that are added later. Remotes name folders below the roots of the service.",
  },
  stateDirectory: {
    gate: folder,
    option: {
      name: "state-dir",
      calls:
        "download seed check match info dht cat play state import add list show start stop pause remove set watch feeds password token",
      group: "Sources and files",
      help: "folder of the saved progress, of .torrent copies and of DHT nodes (the platform's state folder, troupe/)",
    },
    text: "The state folder (docs/state.md); several coordinators may share it. Without it no state is kept, and files are hashed when a torrent is added.",
  },
  port: {
    gate: listenPorts,
    default: [6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 0],
    option: {
      name: "port",
      letter: "p",
      sign: "LIST",
      word: list(whole(0, 65_535), 1_024, 1),
      takes: "1024 ports at most, from 0 to 65535, like 6881, 6881-6889 or 6881,7000,0",
      calls: "download seed info dht cat play",
      isUsual: true,
      help: "ports tried in order: 6881, 6881-6889, 6881,7000,0; 0 lets the system pick (6881-6889,0)",
    },
    text: "Ports tried in order; 0 lets the system pick.",
  },
  bind: {
    gate: list(address, 1_000),
    default: [],
    option: {
      name: "bind",
      takes: "a local address like 192.0.2.7 or 2001:db8::7",
      calls: "download seed info dht cat play",
      group: "Peers",
      help: "local address to listen on, repeatable (all, IPv4 and IPv6)",
    },
    text: "Numeric local addresses to listen on and dial from; an empty list: all. With `interface` they are addresses of it, from which trackers, web seeds and name servers are asked too, and a family without one of them is off.",
  },
  peerExchange: {
    gate: flag,
    default: true,
    isLive: true,
    right: "control",
    option: {
      name: "no-pex",
      calls: "download seed info cat play",
      group: "Peers",
      help: "do not exchange addresses with peers",
    },
    text: "Connected peers name each other further peers of a torrent (BEP 11); never of a private torrent.",
  },
  localDiscovery: {
    gate: flag,
    default: true,
    option: {
      name: "no-lsd",
      calls: "download seed info cat play",
      group: "Peers",
      help: "do not look for peers on the local network",
    },
    text: "Finds peers of public torrents on the local network (BEP 14); never with loopback addresses alone in `bind`.",
  },
  dht: {
    gate: either(flag, record({ nodes: dhtNodes, routers: dhtNodes, limits: dhtLimits })),
    default: true,
    type: "boolean | DhtNodeOptions",
    fields: dhtFields,
    option: {
      name: "no-dht",
      calls: "download seed info cat play",
      group: "Peers",
      help: "do not use the DHT",
    },
    text: "Finds peers of public torrents in the DHT (BEP 5, BEP 32), by a node that starts with the first of them; with loopback addresses alone in `bind` only if `nodes` are given.",
  },
  portMapping: {
    gate: flag,
    default: true,
    option: {
      name: "no-port-mapping",
      calls: "download seed info cat play",
      group: "Peers",
      help: "do not ask the router to map the port",
    },
    text: "Asks the router to map the listen port; never with loopback addresses alone in `bind`.",
  },
  ...ipFilterSettings,
  ...trackerListSettings,
  ...fileAccessSettings,
  memory: {
    gate: bytes(mebibyte, 2 ** 40),
    default: 64 * mebibyte,
    option: {
      name: "memory",
      calls: "download seed check demo cat play",
      group: "Limits",
      help: "budget of payload memory (64M)",
    },
    text: "Payload memory in bytes, a quarter for uploads; at least 1 MiB a peer-worker.",
  },
  peerWorkers: {
    gate: whole(0, 64),
    option: {
      name: "peer-workers",
      word: whole(1, 64),
      calls: "download seed check demo cat play",
      group: "For experts",
      help: "threads that talk to peers (by cores)",
    },
    text: "Threads for connections. By default cores ÷ 4, 1 to 4. With 0 torrents can only be checked.",
  },
  hashThreads: {
    gate: whole(1, 256),
    option: {
      name: "hash-threads",
      calls: "download seed check demo cat play",
      group: "For experts",
      help: "threads that hash, at most (by cores)",
    },
    text: "Threads for hashing, started on demand. By default as many as cores.",
  },
  maxPeers: torrentSettings.maxPeers,
  incompleteDirectory: { ...torrentSettings.incompleteDirectory, isLive: true },
  moveTo: torrentSettings.moveTo,
  checkAtCompletion: torrentSettings.checkAtCompletion,
  executables: torrentSettings.executables,
  symlinks: torrentSettings.symlinks,
  exclude: { ...torrentSettings.exclude, isLive: true },
  layout: torrentSettings.layout,
  partSuffix: torrentSettings.partSuffix,
  ...connectionSettings,
  ...engineLimitSettings,
  ...goalSettings,
  groups: groupsRow,
  maxActiveDownloads: {
    gate: whole(0, mostTorrents),
    isLive: true,
    right: "control",
    option: {
      name: "max-downloads",
      word: whole(1, mostTorrents),
      calls: "download",
      group: "Limits",
      help: "torrents that download at once, in the order of the SOURCEs; slow ones do not count (all)",
    },
    text: "Torrents that download at once, 0 to 100,000; further torrents have the state `queued`. A torrent below 2 kB/s for 60 s does not count. By default there is no limit.",
  },
  maxActiveSeeds: {
    gate: whole(0, mostTorrents),
    isLive: true,
    right: "control",
    option: {
      name: "max-seeds",
      word: whole(1, mostTorrents),
      calls: "download seed",
      group: "Limits",
      help: "torrents that seed at once; slow ones do not count (all)",
    },
    text: "Torrents that seed at once, as `maxActiveDownloads`.",
  },
  startAdded: {
    gate: flag,
    default: true,
    isLive: true,
    right: "control",
    text: "False: the command `add`, which remotes use, adds a torrent stopped, unless its `start` or `state` says otherwise. Calls of `add()` are not affected.",
  },
  maxChecks: {
    // A quarter of the checks that a check pool takes before it refuses.
    gate: whole(1, 256),
    option: {
      name: "max-checks",
      calls: "download seed",
      group: "Limits",
      help: "torrents whose found files are hashed at once on a disk (256)",
    },
    text: "Torrents of a disk whose found files are hashed at once, 1 to 256. By default 256.",
  },
  uploadSlots: {
    gate: either(word("rate", "all"), whole(1, 10_000)),
    default: "rate",
    type: "UploadSlots",
    option: {
      name: "upload-slots",
      calls: "download seed",
      group: "Seeding",
      help: "peers that get data at a time: rate, 20 and more at good rates; all; or a number (rate)",
    },
    text: "Peers of all torrents that get data at a time. `rate`: 20, at least 4 a torrent, and more as long as each further peer is sent 2 kB/s more than the last. `all`: every interested peer. A number: 1 to 10,000, at least one a torrent.",
  },
  peerIdPrefix: {
    gate: text("[!-~]{8}", "8 printable ASCII characters"),
    text: "The first 8 characters of the peer ids of torrents, printable ASCII (BEP 20): two letters for the client and four characters for its version between hyphens. By default `-TP0100-`.",
  },
  host: {
    gate: word("threads", "inline"),
    default: "threads",
    text: "`inline` uses the caller's thread alone: for debugging and small jobs.",
  },
  chaos: {
    gate: text(String.raw`[\s\S]*`, "a list of actions"),
    option: {
      name: "chaos",
      sign: "LIST",
      calls: "download seed check demo",
      isHidden: true,
      help: "end and hang threads on purpose: kill:peer-worker:1/s,hang:hash:0.1/s,seed:7",
    },
    text: "Ends and hangs threads, for tests: `kill:peer-worker:1/s,hang:hash:0.1/s,seed:7`. Kinds: `engine`, `peer-worker`, `hash`, `file`, `records`, `check`, `dht`.",
  },
} as const satisfies SettingRows;

/** Options of an engine for the library alone. */
export const engineLibraryOptions = {
  workerUrls: {
    type: "WorkerUrlsOption",
    text: 'The files of threads in a bundled program (docs/embedding.md): a folder, or addresses by the names in `workerFiles`. By default beside the library\'s code. Only with `host: "threads"`.',
  },
  log: { type: "(entry: LogEntry) => void", text: "Takes the log lines of all actors." },
  signal: { type: "AbortSignal", text: "Ends a `start` that is under way." },
} as const satisfies Readonly<Record<string, LibraryRow>>;

type Rows = typeof engineSettings;

/** The name of a setting of an engine that changes while it runs. */
export type LiveEngineSetting = LiveName<Rows>;

/** Set values of the settings that can change while an engine runs. */
export type LiveEngineSettings = SettingValues<Pick<Rows, LiveEngineSetting>>;

/** Changes of an engine's settings. */
export type EngineSettingChanges = SettingChanges<Pick<Rows, LiveEngineSetting>>;
