// Renames that lead from the paths in a torrent to those that another client gave its files.

import type { FileRename } from "@troupe/control";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { basePaths } from "../../file-renames.ts";

/**
 * The renames of a torrent. A folder that all files have changed is one rename.
 *
 * @param named The new path of each file; undefined or equal: the file has its own path.
 */
export function renamesTo(
  content: Metainfo,
  named: readonly (string | undefined)[],
): readonly FileRename[] {
  const paths = basePaths(content.files);
  const pairs = paths.flatMap((from, file) =>
    from === undefined ? [] : [{ from, to: named[file] ?? from }],
  );
  const folder = renamedFolder(content, pairs);
  const renames = pairs
    .map(({ from, to }) => ({ from: inFolder(from, folder), to }))
    .filter(({ from, to }) => from !== to);
  return folder === undefined ? renames : [folder, ...renames];
}

/** The rename of the folder around the files, if all files have another one in common. */
function renamedFolder(
  { isSingleFile, name }: Metainfo,
  pairs: readonly FileRename[],
): FileRename | undefined {
  const [first] = pairs;
  const [to = ""] = first?.to.split("/", 1) ?? [];
  if (isSingleFile || to === "" || to === name) return undefined;
  return pairs.every((pair) => pair.to.startsWith(`${to}/`)) ? { from: name, to } : undefined;
}

function inFolder(path: string, folder: FileRename | undefined): string {
  if (folder === undefined || !path.startsWith(`${folder.from}/`)) return path;
  return folder.to + path.slice(folder.from.length);
}
