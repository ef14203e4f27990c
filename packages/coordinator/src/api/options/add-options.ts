// Options of a torrent, their defaults and ranges.

import { resolve } from "node:path";
import { dialable } from "@troupe/api-base";
import {
  checkGate,
  checkRules,
  settingsBeside,
  checkSettings,
  commands,
  optionNames,
  outOfRange,
  record,
  torrentRules,
  torrentSettings,
  valueInForce,
  type AnnounceMode,
  type SeedChoker,
  type TorrentSettings,
} from "@troupe/control";
import { shareBytes, type AddTorrent } from "@troupe/messages";
import type { EngineOptions, RecordHome } from "@troupe/messages";
import { type PeerAddress, classifyAddress } from "@troupe/protocol/address";
import type { Magnet } from "@troupe/protocol/magnet";
import type { NameRule } from "@troupe/protocol/metainfo";
import { lastSystemPort } from "../../system-ports.ts";
import { metadataUnknown, type LoadedSource } from "../job/load-metainfo.ts";
import { modulesOf, type ModuleOptions } from "./modules.ts";
import type { RateLimitOptions } from "./rate-limits.ts";
import type { SeedGoalOptions } from "./seed-goals.ts";
import type { TorrentFile } from "../torrent-progress.ts";

/** Settings of a torrent; each has a default. */
export interface AddOptions {
  /** Data folder. Default: the coordinator's. */
  readonly directory?: string;
  /** Announced to before the torrent's own trackers. */
  readonly trackers?: readonly string[];
  /** False ignores all trackers. Default true. */
  readonly useTrackers?: boolean;
  /**
   * `parallel` (default) announces to one tracker of each tier at a time, `strict` to one tracker at a time in the order
   * of the tiers, `all` to every tracker. A private torrent is always announced as `strict`.
   */
  readonly announce?: AnnounceMode;
  /** Peers to dial: numeric addresses or host names. */
  readonly peers?: readonly { readonly host: string; readonly port: number }[];
  /**
   * Web seeds (BEP 19) besides those of the torrent: http and https URLs, 100 at most. They may name hosts of the local
   * network.
   */
  readonly webSeeds?: readonly string[];
  /** Connections of this torrent, 1 to 10,000. Default: the coordinator's. */
  readonly maxPeers?: number;
  /** False adds it stopped, as the state `stopped` does. Default true. */
  readonly start?: boolean;
  /** The state to begin with: a torrent that is `started` becomes `active`. Default `started`. */
  readonly state?: BeginState;
  /**
   * A number a file, 0 (not wanted) to 65,535, or a function of the files, called when they are known: for a magnet before
   * the first request. Default: the files that the magnet link selects (BEP 53), or all, have 1.
   */
  readonly priorities?: readonly number[] | ((files: readonly TorrentFile[]) => readonly number[]);
  /** `full` allocates all wanted files before the download, or refuses with `disk-full`. Default `sparse`. */
  readonly allocation?: "sparse" | "full";
  /** Downloads pieces by index, not the rarest first. Default false. */
  readonly sequential?: boolean;
  /**
   * True gives the files names that every system accepts. False keeps the names in the torrent, as other clients do, and
   * changes only what no system accepts. Default false; on Windows always true. A file that lies under the other name is
   * used in both cases.
   */
  readonly portableNames?: boolean;
  /** False gives peers no data of this torrent. Default true. */
  readonly upload?: boolean;
  /**
   * The peers that a complete torrent gives its slots to. `round-robin` (default): each peer in turn, for 20 pieces or
   * a minute. `fastest-upload`: the peers that take fastest.
   */
  readonly seedChoker?: SeedChoker;
  /** Only hashes the files: does not announce, dial or write. */
  readonly checkOnly?: boolean;
  /**
   * Only fetches the metadata of a magnet: opens no files and keeps no state. The torrent stops when it has come; see
   * `Torrent.metainfo`.
   */
  readonly metadataOnly?: boolean;
  /** When the complete torrent stops by itself. Default: never. */
  readonly goals?: SeedGoalOptions;
  /** Rate limits of this torrent, besides those of the coordinator. Default: none. */
  readonly limits?: RateLimitOptions;
  /**
   * Modules of the program that replace parts of the torrent (docs/extending.md). They are loaded at the start of each
   * run, and never recorded. Default: none.
   */
  readonly modules?: ModuleOptions;
  /** Serves and never writes. A torrent that is not complete gets the error `incomplete`. */
  readonly seedOnly?: boolean;
  /**
   * Super-seeds (BEP 16) once the torrent is a seed: each peer is shown a few pieces, and further pieces when other
   * peers have them, so that few bytes are sent twice. Ends when another seed appears. Default false.
   */
  readonly superSeed?: boolean;
  /** Runs outside of the limits of the queue. Default false. */
  readonly forced?: boolean;
  /**
   * Trust in the record of earlier runs: `sample` (default) hashes some pieces after a run that was cut off, `none` no
   * piece that is recorded as durable, `full` every file.
   */
  readonly verify?: "none" | "sample" | "full";
  /**
   * The source came from a server: nothing may follow the torrent's data, and a magnet link may not name
   * addresses of this machine. Default false.
   */
  readonly fromNetwork?: boolean;
  /** Ends an `add` that is under way. */
  readonly signal?: AbortSignal;
}

/** A state that a torrent can be added in. */
export type BeginState = "started" | "paused" | "stopped";

const { arguments: addArguments, libraryOnly } = commands.add;
const others: readonly string[] = [...Object.keys(addArguments), ...Object.keys(libraryOnly)];
// They are checked when the files are known, and may be a function.
const { priorities: _, ...checkedArguments } = addArguments;

/** Names of {@link AddOptions}. */
export const addOptionNames: readonly string[] = [...optionNames(torrentSettings), ...others];

/** Checks the settings of a torrent. @throws TroupeError `option-unknown`, `option-out-of-range` */
export function settingsOf(options: AddOptions): TorrentSettings {
  return checkSettings(torrentSettings, options, others);
}

/**
 * The request to the engine.
 * @param recorded Settings that are set already: those of a record, and the rank in the queue.
 * @param home The place of the record, if one is kept.
 * @throws TroupeError `option-unknown`, `option-out-of-range`, `module-not-found`; `metadata-unknown` for a check of a
 *   magnet.
 */
export function addRequest(
  loaded: LoadedSource,
  options: AddOptions,
  { directory, peerWorkers }: EngineOptions,
  home?: RecordHome,
  recorded: TorrentSettings = {},
): AddTorrent {
  const { peers: ownPeers = [], ...chosen } = argumentsOf(options);
  const set = { ...settingsBeside(recorded, options), ...settingsOf(options) };
  checkRules(torrentRules, { ...options, ...set });
  const mode = modeOf({ ...chosen, seedOnly: valueInForce(torrentSettings, "seedOnly", set) });
  if (peerWorkers === 0 && mode !== "check-only") {
    throw outOfRange("peerWorkers", "0", "that with `checkOnly` alone");
  }
  if (loaded.kind === "magnet" && mode === "check-only") throw metadataUnknown(loaded);
  const { trackers, peers, webSeeds: linkWebSeeds } = linked(loaded);
  const allTrackers = [...(set.trackers ?? []), ...trackers];
  return {
    ...(loaded.kind === "magnet"
      ? { magnet: loaded.magnet }
      : { metainfo: shareBytes(loaded.metainfo) }),
    source: loaded.source,
    directory: resolve(chosen.directory ?? directory),
    settings: { ...set, ...(allTrackers.length > 0 && { trackers: allTrackers }) },
    peers: [...ownPeers, ...peers.map(dialable)],
    ...(linkWebSeeds.length > 0 && { linkWebSeeds }),
    mode,
    allocation: chosen.allocation ?? "sparse",
    names: namesOf(set),
    ...(options.modules !== undefined && { modules: modulesOf(options.modules) }),
    ...(Array.isArray(options.priorities) && { priorities: [...options.priorities] }),
    ...(loaded.kind === "magnet" &&
      typeof options.priorities === "function" && { metadataWait: "function" }),
    ...(home !== undefined && { home }),
    verify: chosen.verify ?? "sample",
  };
}

/** The checked arguments of a call. */
function argumentsOf(options: object) {
  const given = Object.entries(options).filter(([name]) => Object.hasOwn(checkedArguments, name));
  return checkGate(record(checkedArguments), "", Object.fromEntries(given));
}

/** The state to begin with. A `start` that contradicts it was refused. */
export function beginStateOf({ start, state }: Pick<AddOptions, "start" | "state">): BeginState {
  return state ?? (start === false ? "stopped" : "started");
}

function modeOf({
  checkOnly,
  metadataOnly,
  seedOnly,
}: Pick<AddOptions, "checkOnly" | "metadataOnly" | "seedOnly">): AddTorrent["mode"] {
  if (checkOnly === true) return "check-only";
  if (metadataOnly === true) return "metadata-only";
  return seedOnly === true ? "seed-only" : "download";
}

function namesOf(set: TorrentSettings): NameRule {
  const isPortable = valueInForce(torrentSettings, "portableNames", set);
  return isPortable || process.platform === "win32" ? "portable" : "own";
}

type LinkedSources = Pick<Magnet, "trackers" | "peers" | "webSeeds">;

const nothingLinked: LinkedSources = { trackers: [], peers: [], webSeeds: [] };

/**
 * Trackers, peers and web seeds of a link whose .torrent was found. Trackers and peers are as if the caller had given
 * them. All are left out of a link from the network.
 */
function linked(loaded: LoadedSource): LinkedSources {
  const { kind, source, link } = loaded;
  if (kind === "magnet" || source === "network" || link === undefined) return nothingLinked;
  const { trackers, peers, webSeeds } = link;
  return { trackers, webSeeds, peers: peers.filter(mayBeDialled) };
}

/** A name may lead to the local network, where no link makes us dial system services. */
function mayBeDialled({ host, port }: PeerAddress): boolean {
  return port > lastSystemPort || classifyAddress(host) === "internet";
}
