// Types of options of a torrent. `pnpm generate` writes this file from the tables of packages/control.

import type {
  AnnounceMode,
  BandwidthPriority,
  ContentLayout,
  FileRename,
  SeedChoker,
} from "@troupe/control";
import type { HashedFiles } from "@troupe/messages";
import type { TorrentFile } from "../../torrent-progress.ts";
import type { ModuleOptions } from "../modules.ts";

/** Settings of a torrent; each has a default. */
export interface AddOptions {
  /** The data folder. By default the coordinator's. */
  readonly directory?: string;
  /** Peers to dial: numeric addresses or host names. */
  readonly peers?: readonly { readonly host: string; readonly port: number }[];
  /** False adds it stopped, as the state `stopped` does. Default true. */
  readonly start?: boolean;
  /** The state to begin with: a torrent that is `started` becomes `active`. Default `started`. */
  readonly state?: BeginState;
  /**
   * A number a file, 0 (not wanted) to 65,535, or a function of the files, called when they are known: for a magnet
   * before the first request. By default the files that the magnet link selects (BEP 53), or all, have 1.
   */
  readonly priorities?: readonly number[] | ((files: readonly TorrentFile[]) => readonly number[]);
  /** `full` allocates all wanted files before the download, or refuses with `disk-full`. Default `sparse`. */
  readonly allocation?: "sparse" | "full";
  /** Only hashes the files: does not announce, dial or write. Default false. */
  readonly checkOnly?: boolean;
  /**
   * Only fetches the metadata of a magnet: opens no files and keeps no state. The torrent stops when it has come; see
   * `Torrent.metainfo`. Default false.
   */
  readonly metadataOnly?: boolean;
  /**
   * Trust in the record of earlier runs: `sample` hashes some pieces after a run that was cut off, `none` no piece that
   * is recorded as durable, `full` every file. Default `sample`.
   */
  readonly verify?: "none" | "sample" | "full";
  /**
   * The source came from a server: nothing may follow the torrent's data, and a magnet link may not name addresses of
   * this machine. Default false.
   */
  readonly fromNetwork?: boolean;
  /** Trackers that are announced to before the torrent's own. */
  readonly trackers?: readonly string[];
  /**
   * The tiers of trackers, in place of the torrent's own and those of `trackers`; also of a private torrent, which then
   * leaves its peers (BEP 27). A tracker that is left gets `stopped`.
   */
  readonly trackerTiers?: readonly (readonly string[])[];
  /** False ignores all trackers. Default true. */
  readonly useTrackers?: boolean;
  /**
   * `parallel` announces to one tracker of each tier at a time, `strict` to one tracker at a time in the order of the
   * tiers, `all` to every tracker. A private torrent is always announced as `strict`. Default `parallel`.
   */
  readonly announce?: AnnounceMode;
  /**
   * Web seeds (BEP 19) besides those of the torrent: http and https URLs, 100 at most. They may name hosts of the local
   * network, unless a program elsewhere names them.
   */
  readonly webSeeds?: readonly string[];
  /**
   * False leaves out the web seeds that the torrent and its link name: only those of `webSeeds` are used. Default true.
   */
  readonly torrentWebSeeds?: boolean;
  /**
   * False: the trackers and web seeds of the torrent lead to hosts of the internet and to the coordinator's
   * `localHosts` alone, at each redirect and each address of a name. A program elsewhere that adds a torrent, or names
   * its trackers or web seeds, sets it to false. Default true.
   */
  readonly useLocalHosts?: boolean;
  /**
   * Connections of a torrent, 1 to 10,000. The value of its group, else the coordinator's, holds for each torrent
   * without one of its own.
   */
  readonly maxPeers?: number;
  /** Downloads pieces by index, not the rarest first. Default false. */
  readonly sequential?: boolean;
  /**
   * Downloads the first and the last piece of each file before the others, which a player may need to begin. Default
   * false.
   */
  readonly firstLastPieces?: boolean;
  /** Downloads pieces by index from this one on, and those before it last. */
  readonly fromPiece?: number;
  /**
   * The folder of the data until the torrent is complete; then the torrent moves to `moveTo`, else to `directory`. A
   * torrent that an earlier run has begun there, or with the same final folder, stays in its folder. A torrent whose
   * files lie in the final folder already stays there, except with the layout `no-folder`. Only downloads use this
   * setting. The coordinator's value holds for each torrent without one of its own.
   */
  readonly incompleteDirectory?: string;
  /**
   * The folder that the torrent moves to when it is complete, as by `Torrent.move`; then the setting ends. A complete
   * torrent that runs moves when the setting is set. Until the move the engine never writes to a file that another
   * torrent or program has made (`foreign-file`). A torrent with an `incompleteDirectory` moves to this folder in place
   * of `directory`. A move that fails gives the warning `move-failed`, and the next start tries again. The
   * coordinator's value holds for torrents that are added without one of their own.
   */
  readonly moveTo?: string;
  /**
   * True hashes all pieces from the disk when the last piece has been written. Wrong pieces are downloaded again before
   * the torrent is reported complete. The coordinator's value holds for each torrent without one of its own.
   */
  readonly checkAtCompletion?: boolean;
  /**
   * True lets everybody who may read a file run it, if the torrent marks the file as executable (BEP 47). It happens
   * when the torrent is complete, at a start too. Files of other users, files with other names (hard links) and files
   * that another program has made keep their mode. The coordinator's value holds for each torrent without one of its
   * own.
   */
  readonly executables?: boolean;
  /**
   * True makes the symbolic links of a torrent (BEP 47) when it is complete, at a start too. A link leads to a file or
   * folder of the torrent by a relative path, through no other link; a link that would lead elsewhere is an empty file,
   * as all links are by default. A link takes no name that exists, and nothing is written through it. The coordinator's
   * value holds for each torrent without one of its own.
   */
  readonly symlinks?: boolean;
  /**
   * Globs of files that are not wanted: the files get the priority 0 when the torrent is added, or when the files of a
   * magnet are known. `priorities` come first. `*` stands for any characters of a name, `?` for one, `[a-z]` and
   * `[!a-z]` for one of these or of the others, `{a,b}` for one of several texts, and the part `**` of a path for any
   * number of folders; none of them for a dot at the beginning of a name. A glob without `/` is matched against the
   * name of a file. A glob with `/` is matched against its path in the torrent, with and without the torrent's folder,
   * whatever `layout` and `renames` are. Case counts, except on macOS and Windows. The coordinator's value holds for
   * each torrent without one of its own.
   */
  readonly exclude?: readonly string[];
  /**
   * True gives the files names that every system accepts, on Windows always. False keeps the names in the torrent, as
   * other clients do, and changes only what no system accepts. A file that lies under the other name is used in both
   * cases. Default false.
   */
  readonly portableNames?: boolean;
  /**
   * The folder around the files. `own`: as the torrent has it. `folder`: a single file gets a folder of its name
   * without the extension. `no-folder`: the files of a torrent lie directly in the data folder, and the engine never
   * writes to a file there that another torrent or program has made (`foreign-file`). A torrent that is on record for
   * its data folder keeps its layout.
   */
  readonly layout?: ContentLayout;
  /**
   * The suffix of each file until all its pieces are written, such as `.part` or `.!qB`. Then the file gets its name,
   * before the torrent is reported complete. A torrent that is on record for its data folder keeps its suffix. By
   * default files have no suffix.
   */
  readonly partSuffix?: string;
  /**
   * New paths of files and folders, in order. `from` is the path after the layout and the earlier renames, `to` the new
   * path below the data folder. `Torrent.rename` adds to them. A torrent that is on record for its data folder keeps
   * its renames; new ones come after them.
   */
  readonly renames?: readonly FileRename[];
  /** Serves and never writes. A torrent that is not complete gets the error `incomplete`. Default false. */
  readonly seedOnly?: boolean;
  /** False gives peers no data of this torrent. Default true. */
  readonly upload?: boolean;
  /**
   * The peers that a complete torrent gives its slots to. `round-robin`: each peer in turn, for 20 pieces or a minute.
   * `fastest-upload`: the peers that take fastest. Default `round-robin`.
   */
  readonly seedChoker?: SeedChoker;
  /**
   * Super-seeds (BEP 16) once the torrent is a seed: each peer is shown a few pieces, and further pieces when other
   * peers have them, so that few bytes are sent twice. Ends when another seed appears. Default false.
   */
  readonly superSeed?: boolean;
  /** When the complete torrent stops by itself. By default never. */
  readonly goals?: SeedGoalOptions;
  /** Rate limits of this torrent, besides those of the coordinator. By default none. */
  readonly limits?: RateLimitOptions;
  /**
   * `metadata` stops the torrent once its files are known, so that they can be chosen; its next start goes on. A magnet
   * fetches its metadata first; a .torrent is added stopped. By default it does not stop.
   */
  readonly stopAt?: "metadata";
  /** Runs outside of the limits of the queue. Default false. */
  readonly forced?: boolean;
  /**
   * The share of the torrent in what all torrents divide: bytes under the limits of the engine, connections, dials,
   * upload slots, memory. `high`, `normal` and `low` have shares of 4 : 2 : 1. Default `normal`.
   */
  readonly bandwidthPriority?: BandwidthPriority;
  /** Texts by which people find the torrent, 100 at most, of 1 to 64 characters each. Labels have no other effect. */
  readonly labels?: readonly string[];
  /**
   * The name of the torrent's group, 1 to 64 characters. The group has the settings that the coordinator's `groups`
   * gives it. By default the torrent is in no group.
   */
  readonly group?: string;
  /**
   * The files as `createTorrent` hashed them (`CreatedTorrent.seed`): those that are unchanged are had at the first
   * start without another hash, the others are hashed. By default none.
   */
  readonly hashed?: HashedFiles;
  /**
   * With `metadataOnly`: the time of peers for the hash layers of a torrent of version 2 after its metadata, 0 to 600.
   * `Torrent.metainfo` has the layers if all have come by then. By default 0: none are fetched.
   */
  readonly layersWithinSeconds?: number;
  /**
   * Modules of the program that replace parts of the torrent (docs/extending.md). They are loaded at the start of each
   * run, and never recorded. By default none.
   */
  readonly modules?: ModuleOptions;
  /**
   * Marks the torrent in the state folder as that of a service: `restore({ served: true })` brings it back. A mark that
   * is on record stays. By default false.
   */
  readonly served?: boolean;
  /** Ends an `add` that is under way. */
  readonly signal?: AbortSignal;
}

/** A state that a torrent can be added in. */
export type BeginState = "started" | "paused" | "stopped";

/**
 * Settings that a running torrent changes. Absent settings stay; `null` unsets a setting, or all of `goals` or
 * `limits`.
 */
export interface TorrentChanges {
  /** Trackers that are announced to before the torrent's own. */
  readonly trackers?: readonly string[] | null;
  /**
   * The tiers of trackers, in place of the torrent's own and those of `trackers`; also of a private torrent, which then
   * leaves its peers (BEP 27). A tracker that is left gets `stopped`.
   */
  readonly trackerTiers?: readonly (readonly string[])[] | null;
  /** False ignores all trackers. Default true. */
  readonly useTrackers?: boolean | null;
  /**
   * `parallel` announces to one tracker of each tier at a time, `strict` to one tracker at a time in the order of the
   * tiers, `all` to every tracker. A private torrent is always announced as `strict`. Default `parallel`.
   */
  readonly announce?: AnnounceMode | null;
  /**
   * Web seeds (BEP 19) besides those of the torrent: http and https URLs, 100 at most. They may name hosts of the local
   * network, unless a program elsewhere names them.
   */
  readonly webSeeds?: readonly string[] | null;
  /**
   * False leaves out the web seeds that the torrent and its link name: only those of `webSeeds` are used. Default true.
   */
  readonly torrentWebSeeds?: boolean | null;
  /**
   * False: the trackers and web seeds of the torrent lead to hosts of the internet and to the coordinator's
   * `localHosts` alone, at each redirect and each address of a name. A program elsewhere that adds a torrent, or names
   * its trackers or web seeds, sets it to false. Default true.
   */
  readonly useLocalHosts?: boolean | null;
  /**
   * Connections of a torrent, 1 to 10,000. The value of its group, else the coordinator's, holds for each torrent
   * without one of its own.
   */
  readonly maxPeers?: number | null;
  /** Downloads pieces by index, not the rarest first. Default false. */
  readonly sequential?: boolean | null;
  /**
   * Downloads the first and the last piece of each file before the others, which a player may need to begin. Default
   * false.
   */
  readonly firstLastPieces?: boolean | null;
  /** Downloads pieces by index from this one on, and those before it last. */
  readonly fromPiece?: number | null;
  /**
   * The folder that the torrent moves to when it is complete, as by `Torrent.move`; then the setting ends. A complete
   * torrent that runs moves when the setting is set. Until the move the engine never writes to a file that another
   * torrent or program has made (`foreign-file`). A torrent with an `incompleteDirectory` moves to this folder in place
   * of `directory`. A move that fails gives the warning `move-failed`, and the next start tries again. The
   * coordinator's value holds for torrents that are added without one of their own.
   */
  readonly moveTo?: string | null;
  /**
   * True hashes all pieces from the disk when the last piece has been written. Wrong pieces are downloaded again before
   * the torrent is reported complete. The coordinator's value holds for each torrent without one of its own.
   */
  readonly checkAtCompletion?: boolean | null;
  /**
   * True lets everybody who may read a file run it, if the torrent marks the file as executable (BEP 47). It happens
   * when the torrent is complete, at a start too. Files of other users, files with other names (hard links) and files
   * that another program has made keep their mode. The coordinator's value holds for each torrent without one of its
   * own.
   */
  readonly executables?: boolean | null;
  /**
   * True makes the symbolic links of a torrent (BEP 47) when it is complete, at a start too. A link leads to a file or
   * folder of the torrent by a relative path, through no other link; a link that would lead elsewhere is an empty file,
   * as all links are by default. A link takes no name that exists, and nothing is written through it. The coordinator's
   * value holds for each torrent without one of its own.
   */
  readonly symlinks?: boolean | null;
  /**
   * Super-seeds (BEP 16) once the torrent is a seed: each peer is shown a few pieces, and further pieces when other
   * peers have them, so that few bytes are sent twice. Ends when another seed appears. Default false.
   */
  readonly superSeed?: boolean | null;
  /** When the complete torrent stops by itself. By default never. */
  readonly goals?: Changed<SeedGoalOptions> | null;
  /** Rate limits of this torrent, besides those of the coordinator. By default none. */
  readonly limits?: Changed<RateLimitOptions> | null;
  /** Runs outside of the limits of the queue. Default false. */
  readonly forced?: boolean | null;
  /**
   * The share of the torrent in what all torrents divide: bytes under the limits of the engine, connections, dials,
   * upload slots, memory. `high`, `normal` and `low` have shares of 4 : 2 : 1. Default `normal`.
   */
  readonly bandwidthPriority?: BandwidthPriority | null;
  /** Texts by which people find the torrent, 100 at most, of 1 to 64 characters each. Labels have no other effect. */
  readonly labels?: readonly string[] | null;
  /**
   * The name of the torrent's group, 1 to 64 characters. The group has the settings that the coordinator's `groups`
   * gives it. By default the torrent is in no group.
   */
  readonly group?: string | null;
}

/** Values of options, and `null` for those that are no longer to be set. */
export type Changed<Options> = { readonly [Name in keyof Options]?: Options[Name] | null };

/** When a complete torrent stops by itself; without a goal it seeds until it is stopped. */
export interface SeedGoalOptions {
  /**
   * The complete torrent stops at this ratio: sent bytes divided by received bytes of all runs, above 0. Files that
   * were there before the first run count as received.
   */
  readonly ratio?: number;
  /** The torrent stops after so many seconds of seeding in all runs together. */
  readonly seedSeconds?: number;
  /** The torrent stops after so many seconds of seeding without a block sent. */
  readonly idleSeconds?: number;
  /** Stops when one goal is reached, or when all are. Default `any`. */
  readonly until?: "any" | "all";
  /**
   * The action at the goals: the torrent stops, pauses, is removed, with its files or without, or super-seeds on. With
   * `none` it has no goals, whatever those of its group and the coordinator are. Default `stop`.
   */
  readonly action?: "stop" | "pause" | "remove" | "remove-with-files" | "super-seed" | "none";
}

/** Rate limits in bytes per second, 1,000 or more. 0, or absent: none. */
export interface RateLimitOptions {
  /** The download limit in bytes a second, 1,000 or more; 0 is none. Default 0. */
  readonly down?: number;
  /** The upload limit. Default 0. */
  readonly up?: number;
  /** The download limit of each peer. Default 0. */
  readonly peerDown?: number;
  /** The upload limit of each peer. Default 0. */
  readonly peerUp?: number;
}

/** A position in the queue from 0, or a direction. */
export type QueuePosition = number | "top" | "bottom" | "up" | "down";
