// Options of a coordinator.

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import {
  descriptorUse,
  type DescriptorUse,
  type ActorStatus,
  type LogEntry,
} from "@troupe/actor-runtime";
import type { WorkerUrlsOption } from "@troupe/api-base";
import {
  checkRules,
  checkSettings,
  engineRules,
  engineSettings,
  liveRows,
  optionNames,
  valueInForce,
} from "@troupe/control";
import type { EngineOptions, UploadSlots } from "@troupe/messages";
import { dhtSettings, type DhtNodeOptions } from "./dht-options.ts";
import type { EngineLimitOptions } from "./rate-limits.ts";
import { shareDescriptors } from "./descriptor-budget.ts";

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

/** Options of a coordinator that are no settings: functions, files of code, and what belongs to the call. */
const programOnly: readonly (keyof CoordinatorOptions)[] = ["workerUrls", "log", "signal"];

/** Names of {@link CoordinatorOptions}. */
export const coordinatorOptionNames: readonly string[] = [
  ...optionNames(engineSettings),
  ...programOnly,
];

/** An actor in `Coordinator.actors()`. */
export type { ActorStatus };

/** Default payload memory. */
export const defaultMemoryBytes: number = engineSettings.memory.default;

const liveNames = Object.keys(liveRows(engineSettings));

/** @throws TroupeError `option-unknown`, `option-out-of-range`. */
export function engineOptions(
  options: CoordinatorOptions,
  use: DescriptorUse = descriptorUse(),
): EngineOptions {
  const set = checkSettings(engineSettings, options, programOnly);
  const inForce = <Name extends keyof typeof engineSettings>(name: Name) =>
    valueInForce(engineSettings, name, set);
  const { peerWorkers = defaultPeerWorkers(), hashThreads: threads = availableParallelism() } = set;
  checkRules(engineRules, { ...options, peerWorkers });
  const { maxChecks, peerIdPrefix, stateDirectory } = set;
  const [bind, port] = [inForce("bind"), inForce("port")];
  // An engine without peer-workers has no peers.
  const dht = peerWorkers > 0 ? dhtSettings(options.dht ?? true, bind) : {};
  const hasDht = dht.dht !== undefined;
  const counts = { peerWorkers, hashThreads: threads, hasRecords: stateDirectory !== undefined };
  const { hashThreads, budget } = shareDescriptors(use, { ...counts, hasDht });
  return {
    directory: resolve(inForce("directory")),
    ...(stateDirectory !== undefined && { stateDirectory: resolve(stateDirectory) }),
    peerWorkers,
    hashThreads,
    memoryBytes: inForce("memory"),
    ports: typeof port === "number" ? [port] : port,
    bind,
    peerExchange: inForce("peerExchange"),
    localDiscovery: inForce("localDiscovery"),
    portMapping: inForce("portMapping"),
    ...dht,
    settings: Object.fromEntries(Object.entries(set).filter(([name]) => liveNames.includes(name))),
    ...(maxChecks !== undefined && { maxChecks }),
    uploadSlots: inForce("uploadSlots"),
    ...(peerIdPrefix !== undefined && { peerIdPrefix }),
    descriptors: budget,
  };
}

/** Default number of peer-workers. */
export function defaultPeerWorkers(): number {
  return Math.min(Math.max(availableParallelism() >> 2, 1), 4);
}
