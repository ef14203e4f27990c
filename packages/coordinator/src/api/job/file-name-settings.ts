// The settings that name the files of a torrent on the disk. A torrent keeps them in its data folder, because other settings
// would not find its files.

import type { TorrentSettings } from "@troupe/control";

const names: readonly string[] = ["layout", "partSuffix", "renames"];

/** These settings of a torrent. */
export type FileNameSettings = Pick<TorrentSettings, "layout" | "partSuffix" | "renames">;

/** The settings of names that are set. */
export function fileNamesOf(settings: TorrentSettings): FileNameSettings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
}

/** The other settings. */
export function withoutFileNames(settings: TorrentSettings): TorrentSettings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)));
}
