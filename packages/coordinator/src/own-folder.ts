/** The folder of Troupe's own files among a job's data. */
export const ownFolder = ".troupe";

/**
 * The first file of a torrent that would lie in Troupe's own folder: foreign bytes would be trusted as state, and
 * opening a lock file as data would end the lock.
 */
export function reservedFile(
  files: readonly { readonly path: readonly string[] }[],
): string | undefined {
  const reserved = files.find(({ path }) => path[0]?.toLowerCase() === ownFolder);
  return reserved?.path.join("/");
}
