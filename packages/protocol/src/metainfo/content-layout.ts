import { stemOf } from "./safe-path.ts";

/**
 * The folder around the files of a torrent. `own`: as the torrent has it. `folder`: also a single file lies in a folder.
 * `no-folder`: the files lie without the torrent's folder, directly in the data folder.
 */
export type ContentLayout = "own" | "folder" | "no-folder";

/**
 * @param names The path of a file in the torrent. Unless the torrent is a single file, it begins with the torrent's name.
 * @returns The path on the disk. The folder of a single file has the name of the file without the extension.
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
