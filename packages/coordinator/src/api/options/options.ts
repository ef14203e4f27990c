// Options of a coordinator.

import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import {
  descriptorUse,
  type DescriptorUse,
  type ActorStatus,
  type LogEntry,
} from "@troupe/actor-runtime";
import {
  folderOf,
  type Names,
  refuseUnknownOptions,
  type WorkerUrlsOption,
} from "@troupe/api-base";
import { oneOf, outOfRange, spelled, within } from "@troupe/control";
import type { EngineOptions, UploadSlots } from "@troupe/messages";
import { isPeerIdPrefix } from "@troupe/protocol/peer";
import { dhtSettings, type DhtNodeOptions } from "./dht-options.ts";
import { engineLimitsOf, type EngineLimitOptions } from "./rate-limits.ts";
import { shareDescriptors } from "./descriptor-budget.ts";
import { queueSettings } from "./queue-options.ts";

/** Settings of a coordinator; each has a default. */
export interface CoordinatorOptions {
  /** Default data folder of torrents. Default: the current folder at the start. */
  readonly directory?: string;
  /**
   * State folder (docs/state.md); several coordinators may share it. Default: no state is kept, and files are hashed when a
   * torrent is added.
   */
  readonly stateDirectory?: string;
  /** Ports tried in order; 0 lets the system pick. Default 6881 to 6889, then 0. */
  readonly port?: number | readonly number[];
  /** Numeric local addresses to listen on and dial from. Default: all. */
  readonly bind?: readonly string[];
  /**
   * Connected peers name each other further peers of a torrent (BEP 11); never of a private torrent. Default true.
   */
  readonly peerExchange?: boolean;
  /**
   * Finds peers of public torrents on the local network (BEP 14). Default true; never with loopback addresses alone in
   * `bind`.
   */
  readonly localDiscovery?: boolean;
  /**
   * Finds peers of public torrents in the DHT (BEP 5, BEP 32), by a node that starts with the first of them. Default true;
   * with loopback addresses alone in `bind` only if `nodes` are given.
   */
  readonly dht?: boolean | DhtNodeOptions;
  /** Asks the router to map the listen port. Default true; never with loopback addresses alone in `bind`. */
  readonly portMapping?: boolean;
  /**
   * File of addresses that are neither dialled nor accepted: p2p, P2B, `ipfilter.dat`, or addresses, ranges and CIDR prefixes a
   * line; each may be compressed by gzip. Default: none.
   */
  readonly ipFilter?: string;
  /** Payload memory in bytes, a quarter for uploads. Default 64 MiB; at least 1 MiB a peer-worker. */
  readonly memory?: number;
  /** Threads for connections. Default: cores ÷ 4, 1 to 4. With 0 torrents can only be checked. */
  readonly peerWorkers?: number;
  /** Threads for hashing, started on demand. Default: cores. */
  readonly hashThreads?: number;
  /** Connections of a torrent. Default 200. */
  readonly maxPeers?: number;
  /** Rate limits of all torrents together, and their schedule. Default: none. */
  readonly limits?: EngineLimitOptions;
  /**
   * Torrents that download at once, 0 to 100,000; further torrents have the state `queued`. A torrent below 2 kB/s for
   * 60 s does not count. Default: no limit.
   */
  readonly maxActiveDownloads?: number;
  /** Torrents that seed at once, as `maxActiveDownloads`. */
  readonly maxActiveSeeds?: number;
  /** Torrents of a disk whose found files are hashed at once, 1 to 256. Default 256. */
  readonly maxChecks?: number;
  /**
   * Peers of all torrents that get data at a time. `rate` (default): 20, at least 4 a torrent, and more as long as each
   * further peer is sent 2 kB/s more than the last. `all`: every interested peer. A number: 1 to 10,000, at least one a
   * torrent.
   */
  readonly uploadSlots?: UploadSlots;
  /**
   * The first 8 characters of the peer ids of torrents, printable ASCII (BEP 20): two letters for the client and four
   * characters for its version between hyphens. Default `-TP0100-`.
   */
  readonly peerIdPrefix?: string;
  /** `inline` uses the caller's thread alone: for debugging and small jobs. Default `threads`. */
  readonly host?: "threads" | "inline";
  /**
   * The files of threads in a bundled program (docs/embedding.md): a folder, or addresses by the names in
   * `workerFiles`. Default: beside the library's code. Only with `host: "threads"`.
   */
  readonly workerUrls?: WorkerUrlsOption;
  /**
   * Ends and hangs threads, for tests: `kill:peer-worker:1/s,hang:hash:0.1/s,seed:7`. Kinds: `engine`, `peer-worker`,
   * `hash`, `file`, `records`, `check`, `dht`.
   */
  readonly chaos?: string;
  /** Log lines of all actors. */
  readonly log?: (entry: LogEntry) => void;
  /** Ends a `start` that is under way. */
  readonly signal?: AbortSignal;
}

/** Names of {@link CoordinatorOptions}. */
export const coordinatorOptionNames: Names<keyof CoordinatorOptions> = {
  directory: true,
  stateDirectory: true,
  port: true,
  bind: true,
  peerExchange: true,
  localDiscovery: true,
  dht: true,
  portMapping: true,
  ipFilter: true,
  memory: true,
  peerWorkers: true,
  hashThreads: true,
  maxPeers: true,
  maxActiveDownloads: true,
  maxActiveSeeds: true,
  maxChecks: true,
  limits: true,
  uploadSlots: true,
  peerIdPrefix: true,
  host: true,
  workerUrls: true,
  chaos: true,
  log: true,
  signal: true,
};

/** An actor in `Coordinator.actors()`. */
export type { ActorStatus };

const mebibyte = 1 << 20;
/** Default payload memory. */
export const defaultMemoryBytes = 64 * mebibyte;
const defaultPorts = [6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 0];

/** @throws TroupeError `option-unknown`, `option-out-of-range`. */
export function engineOptions(
  options: CoordinatorOptions,
  use: DescriptorUse = descriptorUse(),
): EngineOptions {
  refuseUnknownOptions(options, coordinatorOptionNames);
  // Wrong limits are refused before a thread starts; the limits are set when the engine runs.
  engineLimitsOf(options.limits ?? {});
  const cores = availableParallelism();
  const host = oneOf("host", options.host ?? "threads", ["threads", "inline"]);
  if (host === "inline" && options.workerUrls !== undefined) {
    throw outOfRange("workerUrls", "given", 'no such option with `host: "inline"`');
  }
  const peerWorkers = within("peerWorkers", options.peerWorkers ?? defaultPeerWorkers(), 0, 64);
  const ports = typeof options.port === "number" ? [options.port] : (options.port ?? defaultPorts);
  if (ports.length === 0) throw outOfRange("port", "an empty list", "at least one port");
  for (const port of ports) within("port", port, 0, 65_535);
  const { bind = [] } = options;
  for (const address of bind) {
    if (isIP(address) === 0) throw outOfRange("bind", address, "a list of numeric addresses");
  }
  const leastMemoryBytes = Math.max(1, peerWorkers) * mebibyte;
  const asked = within("hashThreads", options.hashThreads ?? cores, 1, 256);
  const hasRecords = options.stateDirectory !== undefined;
  // An engine without peer-workers has no peers.
  const dht = peerWorkers > 0 ? dhtSettings(options.dht ?? true, bind) : {};
  const hasDht = dht.dht !== undefined;
  const threads = { peerWorkers, hashThreads: asked, hasRecords, hasDht };
  const { hashThreads, budget } = shareDescriptors(use, threads);
  const { stateDirectory } = options;
  return {
    directory: folderOf("directory", options.directory ?? "."),
    ...(stateDirectory !== undefined && {
      stateDirectory: folderOf("stateDirectory", stateDirectory),
    }),
    peerWorkers,
    hashThreads,
    memoryBytes: within("memory", options.memory ?? defaultMemoryBytes, leastMemoryBytes, 2 ** 40),
    ports,
    bind,
    peerExchange: options.peerExchange ?? true,
    localDiscovery: options.localDiscovery ?? true,
    portMapping: options.portMapping ?? true,
    ...dht,
    maxPeers: within("maxPeers", options.maxPeers ?? 200, 1, 10_000),
    ...queueSettings(options),
    uploadSlots: uploadSlotsOf(options.uploadSlots ?? "rate"),
    ...peerIdSetting(options.peerIdPrefix),
    descriptors: budget,
  };
}

function uploadSlotsOf(slots: unknown): UploadSlots {
  if (slots === "all" || slots === "rate") return slots;
  const isCount = Number.isSafeInteger(slots) && Number(slots) >= 1 && Number(slots) <= 10_000;
  if (isCount) return Number(slots);
  throw outOfRange("uploadSlots", spelled(slots), "all, rate, or 1 to 10,000");
}

function peerIdSetting(prefix: unknown): Pick<EngineOptions, "peerIdPrefix"> {
  if (prefix === undefined) return {};
  if (typeof prefix === "string" && isPeerIdPrefix(prefix)) return { peerIdPrefix: prefix };
  throw outOfRange("peerIdPrefix", spelled(prefix), "8 printable ASCII characters");
}

/** Default number of peer-workers. */
export function defaultPeerWorkers(): number {
  return Math.min(Math.max(availableParallelism() >> 2, 1), 4);
}
