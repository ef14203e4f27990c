// What a torrent is added with: the user's choices, their defaults and ranges.

import type { AddTorrent, EngineOptions, RecordHome } from "@troupe/messages";
import type { LoadedMetainfo } from "../job/load-metainfo.ts";
import type { TorrentFile } from "../torrent-progress.ts";
import type { Names } from "./known-names.ts";
import { dialable, folderOf, oneOf, outOfRange, within } from "./option-values.ts";

/** The choices for one torrent; each has a default. */
export interface AddOptions {
  /** Folder for this torrent's data. Default: the coordinator's. */
  readonly directory?: string;
  /** Trackers to announce to before those of the torrent. */
  readonly trackers?: readonly string[];
  /** False ignores all trackers. Default true. */
  readonly useTrackers?: boolean;
  /** Peers to dial: numeric addresses, or names that are looked up. */
  readonly peers?: readonly { readonly host: string; readonly port: number }[];
  /** Connections of this torrent, 1 to 10,000. Default: the coordinator's. */
  readonly maxPeers?: number;
  /** False adds it stopped. Default true. */
  readonly start?: boolean;
  /** One a file, 0 to 65,535, or what makes them of the files; 0: not wanted. Default 1 each. */
  readonly priorities?: readonly number[] | ((files: readonly TorrentFile[]) => readonly number[]);
  /** `full` takes the room of all wanted files before anything is fetched, or refuses `disk-full`. Default `sparse`. */
  readonly allocation?: "sparse" | "full";
  /** Fetches pieces by their index, not the rarest first. Default false. */
  readonly sequential?: boolean;
  /** Only hashes what is there: nothing is announced, dialled or written. */
  readonly checkOnly?: boolean;
  /** Serves what is there and never writes: a torrent that is not whole gets the error `incomplete`. */
  readonly seedOnly?: boolean;
  /**
   * How far the record of earlier runs is believed, where one is kept: `sample` (default) looks at some pieces after a
   * run that was cut off, `none` at no piece that is on record as safe, `full` hashes every file.
   */
  readonly verify?: "none" | "sample" | "full";
  /** The bytes given came from a server: then nothing may follow the torrent in them. Default false. */
  readonly fromNetwork?: boolean;
  /** Ends an `add` that is still under way. */
  readonly signal?: AbortSignal;
}

/** Names of {@link AddOptions}. */
export const addOptionNames: Names<keyof AddOptions> = {
  directory: true,
  trackers: true,
  useTrackers: true,
  peers: true,
  maxPeers: true,
  start: true,
  priorities: true,
  allocation: true,
  sequential: true,
  checkOnly: true,
  seedOnly: true,
  verify: true,
  fromNetwork: true,
  signal: true,
};

/**
 * What the engine is asked.
 * @param home Where its record is kept; undefined: nowhere.
 * @throws TroupeError `option-out-of-range`
 */
export function addRequest(
  { metainfo, source }: LoadedMetainfo,
  options: AddOptions,
  { directory, maxPeers, peerWorkers }: EngineOptions,
  home?: RecordHome,
): AddTorrent {
  const mode = modeOf(options);
  if (peerWorkers === 0 && mode !== "check-only") {
    throw outOfRange("peerWorkers", "0", "that with `checkOnly` alone");
  }
  return {
    metainfo,
    source: options.fromNetwork === true ? "network" : source,
    directory: folderOf("directory", options.directory ?? directory),
    extraTrackers: options.trackers ?? [],
    useTrackers: options.useTrackers ?? true,
    peers: (options.peers ?? []).map(dialable),
    maxPeers: within("maxPeers", options.maxPeers ?? maxPeers, 1, 10_000),
    mode,
    allocation: oneOf("allocation", options.allocation ?? "sparse", ["sparse", "full"]),
    isSequential: options.sequential ?? false,
    ...(Array.isArray(options.priorities) && { priorities: [...options.priorities] }),
    ...(home !== undefined && { home }),
    verify: oneOf("verify", options.verify ?? "sample", ["none", "sample", "full"]),
  };
}

function modeOf({ checkOnly, seedOnly }: AddOptions): AddTorrent["mode"] {
  if (checkOnly === true) return "check-only";
  return seedOnly === true ? "seed-only" : "download";
}
