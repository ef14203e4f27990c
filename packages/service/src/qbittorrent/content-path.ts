// The folders of a torrent, from its row.

import { ownPathPart, safePathPart, stemOf } from "@troupe/protocol/metainfo";
import type { TorrentRow } from "../view/torrent-row.ts";
import { settingsOf } from "./shown-settings.ts";

type PlaceFields = Pick<
  TorrentRow,
  "directory" | "files" | "hasMetadata" | "isComplete" | "name" | "settings"
>;

/** The folders of a torrent, as qBittorrent names them. */
interface TorrentFolders {
  /** The final data folder. */
  readonly save_path: string;
  /** The data folder while the torrent is incomplete; empty without another one. */
  readonly download_path: string;
}

/** The folders of a torrent. The setting `moveTo` names the final folder until the torrent is there. */
export function foldersOf(row: PlaceFields): TorrentFolders {
  const { directory, isComplete } = row;
  const { moveTo = directory } = settingsOf(row);
  if (isComplete || moveTo === directory) return { save_path: directory, download_path: "" };
  return { save_path: moveTo, download_path: directory };
}

/**
 * The path of the folder that all files of a torrent lie in, or of its file. The data folder where they lie in it without a
 * folder of their own; empty before the metadata is known. A row does not tell a file alone in a folder from a single file,
 * and counts as a single file.
 */
export function contentPathOf(row: PlaceFields): string {
  const { directory, files, hasMetadata, name } = row;
  if (!hasMetadata) return "";
  const { layout, portableNames = false, renames = [] } = settingsOf(row);
  if (layout === "no-folder" && files > 1) return directory;
  const part = (portableNames ? safePathPart : ownPathPart)(name) ?? "_";
  const hasAddedFolder = layout === "folder" && files === 1;
  const path = hasAddedFolder ? `${stemOf(part)}/${part}` : part;
  return joined(directory, renamed(path, renames));
}

/** The path after the renames of it and of a folder above it. */
function renamed(
  path: string,
  renames: readonly { readonly from: string; readonly to: string }[],
): string {
  let now = path;
  for (const { from, to } of renames) {
    if (now === from) now = to;
    else if (now.startsWith(`${from}/`)) now = to + now.slice(from.length);
  }
  return now;
}

/** The separator is that of the folder, which may be one of Windows. */
function joined(folder: string, path: string): string {
  const separator = /^[A-Za-z]:\\/.test(folder) ? "\\" : "/";
  const start = folder.endsWith(separator) ? folder : `${folder}${separator}`;
  return start + path.replaceAll("/", separator);
}
