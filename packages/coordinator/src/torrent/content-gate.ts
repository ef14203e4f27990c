// The only gate from the bytes of a .torrent to the content of a torrent.

import { packFiles, type CallRefusal, type TorrentInfo } from "@troupe/messages";
import { ProtocolError } from "@troupe/protocol/errors";
import { isKeyOf, type TorrentKey } from "@troupe/protocol/identity";
import {
  parseTorrent,
  type ContentLayout,
  type Metainfo,
  type NameRule,
} from "@troupe/protocol/metainfo";
import { highestPriority, isPriorityList } from "../file-priorities.ts";
import { basePaths, refuseRenames } from "../file-renames.ts";
import { ownFolder, reservedFile } from "../own-folder.ts";
import { nameLimitsOf } from "./storage/file-names.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Conditions that a .torrent meets. */
interface ContentRules {
  readonly source: "file" | "network";
  /** Key of a torrent on record; default: any. */
  readonly key?: TorrentKey | undefined;
  /** Default `own`. */
  readonly names?: NameRule | undefined;
  /** Default `own`. */
  readonly layout?: ContentLayout | undefined;
  /** The layers were proven before, outside of the engine's thread. Default false. */
  readonly areLayersProven?: boolean | undefined;
}

type Refusal = Required<CallRefusal>;

/** @returns The contents of a .torrent, or why it is refused. */
export function readContent(
  bytes: Uint8Array,
  { source, key, names = "own", layout = "own", areLayersProven = false }: ContentRules,
): Metainfo | Refusal {
  let metainfo: Metainfo;
  try {
    metainfo = parseTorrent(bytes, { source, names, layout, areLayersProven });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    if (key !== undefined) return damagedSavedTorrent(key, error.message);
    return { refused: error.code, message: refusalSentence(error) };
  }
  if (key !== undefined && !isKeyOf(key, metainfo.infoHashes)) {
    return damagedSavedTorrent(key, `it is of ${metainfo.infoHash} (${metainfo.name})`);
  }
  const reserved = reservedFile(metainfo.files);
  if (reserved === undefined) return metainfo;
  return {
    refused: "job-name-reserved",
    message: `cannot add a torrent with the file "${reserved}": Troupe keeps its own files in "${ownFolder}"`,
  };
}

/** Any bytes may be given: the sentence says what they should have been. */
function refusalSentence({ code, message }: ProtocolError): string {
  return code.startsWith("bencode-") ? `the source is not a .torrent file: ${message}` : message;
}

/** @returns The refusal of renames that cannot be applied to the files; undefined if they can. */
export function refuseNames(
  { files }: Metainfo,
  request: TorrentJob["request"],
): Refusal | undefined {
  // Renames on record were checked when they were made.
  if (request.key !== undefined) return undefined;
  return refuseRenames(basePaths(files), request.settings.renames, nameLimitsOf(request));
}

/** @returns Why these priorities cannot be those of the files, if so. */
export function refusePriorities(
  { files }: Metainfo,
  priorities: readonly number[] | undefined,
): Refusal | undefined {
  if (priorities === undefined || isPriorityList(priorities, files.length)) return undefined;
  return {
    refused: "option-out-of-range",
    message: `cannot use these ${priorities.length} priorities: ${files.length} whole numbers from 0 to ${highestPriority} are needed, one a file`,
  };
}

/** The facts of a torrent with content. */
export function infoOf(job: TorrentJob, metainfo: Metainfo): TorrentInfo {
  const { name, geometry, files, trackers, webSeeds, isPrivate, warnings } = metainfo;
  return {
    torrent: job.id,
    ...namesOf(job),
    peerId: job.peerId,
    name,
    lengthBytes: geometry.totalBytes,
    pieceLengthBytes: geometry.pieceLengthBytes,
    pieces: geometry.pieceCount,
    files: packFiles(files),
    trackers,
    webSeeds,
    isPrivate,
    hasMetadata: true,
    warnings: [...warnings, ...job.limits.warnings(job.setting("maxPeers"))],
  };
}

/** The facts of a torrent whose metadata is unknown. */
export function infoWithoutContent(job: TorrentJob): TorrentInfo {
  const { id, limits, magnet, name, peerId, trackers } = job;
  return {
    torrent: id,
    ...namesOf(job),
    peerId,
    name,
    lengthBytes: 0,
    pieceLengthBytes: 0,
    pieces: 0,
    files: packFiles([]),
    trackers,
    webSeeds: magnet?.link.webSeeds ?? [],
    isPrivate: false,
    hasMetadata: false,
    warnings: [...(magnet?.link.warnings ?? []), ...limits.warnings(job.setting("maxPeers"))],
  };
}

function namesOf({
  identity: { key, ...infoHashes },
}: TorrentJob): Pick<TorrentInfo, "infoHash" | "infoHashes" | "key"> {
  return { key, infoHash: key, infoHashes };
}

function damagedSavedTorrent(key: TorrentKey, why: string): Refusal {
  return {
    refused: "torrent-copy-lost",
    message: `the .torrent file that was kept of ${key} is damaged: ${why}; add the torrent again`,
  };
}
