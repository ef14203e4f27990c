// Every setting of a coordinator: its unit, its default and its range.

import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import { descriptorUse, type DescriptorUse } from "@troupe/actor-runtime";
import { resolve } from "node:path";
import type { ActorStatus, LogEntry } from "@troupe/actor-runtime";
import type { EngineOptions } from "@troupe/messages";
import { shareDescriptors } from "./descriptor-budget.ts";
import { coordinatorOptionNames, refuseUnknownOptions } from "./known-names.ts";
import { highestPriority } from "../../file-priorities.ts";
import { TroupeError } from "../../troupe-error.ts";
import type { WorkerUrlsOption } from "./worker-urls.ts";

/** Settings of a coordinator; each has a default. */
export interface CoordinatorOptions {
  /** Folder for torrents that name none. Default: the current folder when the coordinator starts. */
  readonly directory?: string;
  /**
   * Folder for session state: which torrents were added and how far they are, and a copy of each .torrent (docs/state.md).
   * Several coordinators may share one. Default: nothing is kept, and files are hashed when a torrent is added.
   */
  readonly stateDirectory?: string;
  /** Ports tried in order; 0 lets the system pick. Default 6881 to 6889, then 0. */
  readonly port?: number | readonly number[];
  /** Numeric local addresses to listen on and dial from. Default: all, IPv4 and IPv6. */
  readonly bind?: readonly string[];
  /** Payload memory in bytes, a quarter of it for uploads. Default 64 MiB; at least 1 MiB a peer-worker. */
  readonly memory?: number;
  /** Threads that hold connections. Default: cores ÷ 4, 1 to 4. With 0 there are no peers: torrents can only be checked. */
  readonly peerWorkers?: number;
  /** Threads that hash, started on demand. Default: cores. */
  readonly hashThreads?: number;
  /** Connections of one torrent. Default 200. */
  readonly maxPeers?: number;
  /** `inline` runs everything on the caller's thread: for debugging and small jobs. Default `threads`. */
  readonly host?: "threads" | "inline";
  /**
   * Where a bundled program has put the files that threads load (docs/embedding.md): a folder, or addresses by the names in
   * `workerFiles`. Default: beside the library's own code. For `host: "threads"` alone.
   */
  readonly workerUrls?: WorkerUrlsOption;
  /**
   * Ends and hangs threads on purpose, for tests: `kill:peer-worker:1/s,hang:hash:0.1/s,seed:7`. Kinds: `engine`,
   * `peer-worker`, `hash`, `file`, `records`, `check`.
   */
  readonly chaos?: string;
  /** Structured log lines of all actors. */
  readonly log?: (entry: LogEntry) => void;
  /** Ends a `start` that is still under way. */
  readonly signal?: AbortSignal;
}

/** What `Coordinator.actors()` gives: the tree as it is now. */
export type { ActorStatus };

const mebibyte = 1 << 20;
/** Payload memory of a coordinator that is given none. */
export const defaultMemoryBytes = 64 * mebibyte;
/** Characters of a wrong value that an error shows. */
const longestShown = 100;
const defaultPorts = [6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 0];

/** @throws TroupeError `option-unknown`, `option-out-of-range` naming the option, what was given and what is allowed. */
export function engineOptions(
  options: CoordinatorOptions,
  use: DescriptorUse = descriptorUse(),
): EngineOptions {
  refuseUnknownOptions(options, coordinatorOptionNames);
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
  const threads = { peerWorkers, hashThreads: asked, hasRecords };
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
    maxPeers: within("maxPeers", options.maxPeers ?? 200, 1, 10_000),
    descriptors: budget,
  };
}

/** @throws TroupeError `option-out-of-range` */
export function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw outOfRange(name, spelled(value), `a whole number from ${least} to ${most}`);
}

/** A value as the sentence of an error shows it: a string in quotes, so that "0" is told from 0. */
export function spelled(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, longestShown));
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? "a list" : "an object";
  return String(value).slice(0, longestShown);
}

/** @returns The one that was chosen. @throws TroupeError `option-out-of-range` */
export function oneOf<Choice extends string>(
  name: string,
  seen: string,
  choices: readonly Choice[],
): Choice {
  const chosen = choices.find((choice) => choice === seen);
  if (chosen === undefined) throw outOfRange(name, seen, choices.join(", "));
  return chosen;
}

/** @returns The absolute path of a folder. @throws TroupeError `option-out-of-range` for what no path can be. */
export function folderOf(name: string, path: string): string {
  const given: unknown = path;
  if (typeof given === "string" && !given.includes("\0")) return resolve(given);
  throw outOfRange(name, JSON.stringify(given) ?? String(given), "the path of a folder");
}

/** What longer names of hosts there are, no name server knows. */
const longestHost = 253;

/**
 * @returns Its address alone: what else the caller's object holds is not ours to copy to another thread.
 * @throws TroupeError `option-out-of-range`
 */
export function dialable(peer: { readonly host: string; readonly port: number }) {
  const { host, port }: { readonly host: unknown; readonly port: number } = peer;
  if (typeof host !== "string" || host === "" || host.length > longestHost) {
    throw outOfRange("host", String(host).slice(0, longestHost), "an address or a name");
  }
  return { host, port: within("port", port, 1, 65_535) };
}

/** The error of an option that has a value it cannot have. */
export function outOfRange(name: string, seen: string, allowed: string): TroupeError {
  return new TroupeError(
    "option-out-of-range",
    `option ${name} is ${seen}; allowed is ${allowed}`,
    {
      details: { option: name, seen, allowed },
    },
  );
}

/** Peer-workers of a coordinator that is told no number. */
export function defaultPeerWorkers(): number {
  return clamp(availableParallelism() >> 2, 1, 4);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** Pairs of a file's place and its priority, as the engine takes them. @throws TroupeError `option-out-of-range` */
export function prioritiesWithin(
  pairs: readonly (readonly [file: number, priority: number])[],
  fileCount: number,
): readonly { readonly file: number; readonly priority: number }[] {
  return pairs.map(([file, priority]) => ({
    file: within("file", file, 0, fileCount - 1),
    priority: within("priority", priority, 0, highestPriority),
  }));
}
