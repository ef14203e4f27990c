// Globs for files of torrents, of the option `--select` and of the setting `exclude`.

/**
 * Whether a glob names a file. A glob without `/` is matched against the name of the file. A glob with `/` is matched
 * against the whole path, with and without the torrent's folder. Case counts, except on macOS and Windows.
 *
 * @param path In the torrent itself, with `/` between its parts.
 */
export function matchesFileGlob(glob: string, path: string): boolean {
  const { matchesGlob } = process.getBuiltinModule("node:path");
  const below = path.slice(path.indexOf("/") + 1);
  const names = glob.includes("/") ? [path, below] : [path.slice(path.lastIndexOf("/") + 1)];
  return names.some((name) => name === glob || matchesGlob(name, glob));
}
