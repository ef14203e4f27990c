import { stemOf } from "./safe-path.ts";

/**
 * The folder around the files of a torrent. `own`: as the torrent has it. `folder`: also a single file lies in a folder.
 * `no-folder`: the files lie without the torrent's folder, directly in the download folder.
 */
export type ContentLayout = "own" | "folder" | "no-folder";

/**
 * @param names Names of a file in the torrent: of a single file its own, else with the torrent's name in front.
 * @returns Its names on the disk. The folder of a single file has its name without the extension.
 */
export function laidOut(
  names: readonly string[],
  isSingleFile: boolean,
  layout: ContentLayout,
): readonly string[] {
  if (isSingleFile) return layout === "folder" ? [stemOf(names[0] ?? ""), ...names] : names;
  return layout === "no-folder" ? names.slice(1) : names;
}

/**
 * @param path A path in the layout, with `/` between its parts.
 * @param name The torrent's.
 * @returns The path in the torrent itself. A single file without an extension keeps the folder of the layout `folder`.
 */
export function pathInTorrent(path: string, name: string, layout: ContentLayout = "own"): string {
  if (layout === "no-folder") return path === name ? path : `${name}/${path}`;
  const hasAddedFolder = layout === "folder" && !path.startsWith(`${name}/`);
  return hasAddedFolder ? path.slice(path.indexOf("/") + 1) : path;
}
