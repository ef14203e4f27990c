// The one list of what qBittorrent has and Troupe lacks: the values and the errors that stand for it.

import { TroupeError } from "@troupe/control";
import { preferenceConstants } from "./preference-constants.ts";

/** A value of JSON. */
export type Json = boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * The row of a table that ends a constant: a live setting that callers elsewhere may see, a command, or a field of a
 * command's result. `never`: Troupe will not have it.
 */
export type EndOfConstant =
  | "never"
  | { readonly setting: string; readonly of: "engine" | "group" | "torrent" }
  | { readonly command: string }
  | { readonly field: string; readonly of: string };

/** Values that stand for what Troupe lacks. */
export interface ConstantGroup {
  /** The path below `/api/v2/`. */
  readonly path: string;
  readonly values: Readonly<Record<string, Json>>;
  readonly end: EndOfConstant;
  readonly text: string;
}

/** Requests, and values of parameters, that are refused with 409, or parameters without effect. */
interface LackingControl {
  /** The path below `/api/v2/`, and the parameter if it is one. */
  readonly name: string;
  readonly answer: "error" | "no effect";
  readonly end: EndOfConstant;
  /** The sentence of the error, or what happens instead. */
  readonly text: string;
}

const torrents = "torrents/info";
const maindata = "sync/maindata";
const peer = "sync/torrentPeers";

/** Fields of answers. */
export const constantGroups: readonly ConstantGroup[] = [
  ...preferenceConstants,
  {
    path: torrents,
    values: { max_ratio: -1, max_seeding_time: -1 },
    end: { field: "goalsInForce", of: "status" },
    text: "Of a torrent without goals of its own: the goals of its group and of the engine are no fields of a row.",
  },
  {
    path: torrents,
    values: { tracker: "" },
    end: { field: "tracker", of: "status" },
    text: "The tracker that works is no field of a row.",
  },
  {
    path: torrents,
    values: { seen_complete: 0 },
    end: { field: "seenCompleteAt", of: "status" },
    text: "The time at which all pieces were last seen.",
  },
  {
    path: torrents,
    values: { auto_tmm: false },
    end: "never",
    text: "No torrent moves because its category changes.",
  },
  {
    path: "torrents/properties",
    values: { last_seen: -1 },
    end: { field: "seenCompleteAt", of: "status" },
    text: "As `seen_complete`.",
  },
  {
    path: "torrents/files",
    values: { availability: 0 },
    end: { field: "availability", of: "files" },
    text: "Copies of an unfinished file among the peers; -1 for a complete torrent.",
  },
  {
    path: "torrents/trackers",
    values: { num_downloaded: -1 },
    end: { field: "downloaded", of: "tiers" },
    text: "Completed downloads that a tracker has counted.",
  },
  {
    path: peer,
    values: { show_flags: false, peer_id_client: "" },
    end: "never",
    text: "The country of a peer, and its client by the peer id alone.",
  },
  {
    path: peer,
    values: { relevance: 0, files: "" },
    end: { field: "piece", of: "peers" },
    text: "The part of the missing pieces that a peer has, and the files that it sends.",
  },
  {
    path: "transfer/info",
    values: { connection_status: "connected" },
    end: { field: "isReachable", of: "ports" },
    text: "Whether peers reach the port.",
  },
  {
    path: maindata,
    values: { use_alt_speed_limits: false },
    end: { setting: "limits.alternative", of: "engine" },
    text: "A second set of limits.",
  },
  {
    path: maindata,
    values: { queueing: true, refresh_interval: 1_500 },
    end: "never",
    text: "Torrents always have an order; the interval of pollers is theirs.",
  },
  {
    path: maindata,
    values: {
      ...{ average_time_queue: 0, queued_io_jobs: 0, total_buffers_size: 0, total_queued_size: 0 },
      ...{ read_cache_hits: "0", read_cache_overload: "0", write_cache_overload: "0" },
    },
    end: "never",
    text: "The cache of libtorrent.",
  },
  {
    path: "app/buildInfo",
    values: {
      ...{
        qt: "5.15.8",
        libtorrent: "2.0.8.0",
        boost: "1.74.0",
        openssl: "3.0.19",
        zlib: "1.2.13",
      },
      bitness: 64,
    },
    end: "never",
    text: "The libraries of the qBittorrent 4.5.2 of Debian, which clients compare.",
  },
];

/** Requests and parameters. */
export const lackingControls: readonly LackingControl[] = [
  {
    name: "torrents/rename",
    answer: "error",
    end: { setting: "name", of: "torrent" },
    text: "cannot rename the torrent: it has no name but its own; its files can be renamed",
  },
  {
    name: "torrents/setAutoManagement enable=true",
    answer: "error",
    end: "never",
    text: "cannot manage torrents automatically: no torrent moves because its category changes",
  },
  {
    name: "transfer/toggleSpeedLimitsMode",
    answer: "error",
    end: { setting: "limits.alternative", of: "engine" },
    text: "cannot use alternative limits: there is one set of limits, with a schedule in the settings",
  },
  {
    name: "torrents/add stopCondition=FilesChecked",
    answer: "error",
    end: "never",
    text: "cannot stop the torrent after the check of its files; allowed is MetadataReceived",
  },
  {
    name: "log/main, log/peers",
    answer: "no effect",
    end: { command: "log" },
    text: "The log is not kept: the lists are empty.",
  },
  {
    name: "torrents/pieceStates state 1",
    answer: "no effect",
    end: { field: "requested", of: "pieces" },
    text: "A piece that is being downloaded counts as missing.",
  },
  {
    name: "torrents/createTags",
    answer: "no effect",
    end: { setting: "labels", of: "engine" },
    text: "A tag is there while a torrent has it.",
  },
  {
    name: "torrents/add rename",
    answer: "no effect",
    end: { setting: "name", of: "torrent" },
    text: "The torrent keeps its own name.",
  },
  {
    name: "torrents/add cookie",
    answer: "no effect",
    end: { setting: "cookies", of: "torrent" },
    text: "The .torrent is fetched without cookies.",
  },
  {
    name: "torrents/add skip_checking",
    answer: "no effect",
    end: { command: "trust-files" },
    text: "Files without a record are always checked; recorded pieces are trusted.",
  },
  {
    name: "torrents/add autoTMM",
    answer: "no effect",
    end: "never",
    text: "It only leaves out `savepath`, as in qBittorrent.",
  },
  {
    name: "torrents/createCategory downloadPath",
    answer: "no effect",
    end: { setting: "incompleteDirectory", of: "group" },
    text: "The folder for incomplete torrents is that of the engine.",
  },
];

/** The values of a path. */
export function constantsOf(path: string): Readonly<Record<string, Json>> {
  const groups = constantGroups.filter((group) => group.path === path);
  return Object.assign({}, ...groups.map(({ values }) => values)) as Record<string, Json>;
}

/** The error that stands for a control. */
export function lackingError(name: string): TroupeError {
  const control = lackingControls.find((each) => each.name === name && each.answer === "error");
  if (control === undefined) throw new Error(`bug: no error stands for ${name}`);
  return new TroupeError("control-missing", control.text);
}
