import { ownFolder } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { safePathPart, type MetainfoFile } from "@troupe/protocol/metainfo";

export { ownFolder } from "@troupe/messages";
/** The record of a job in a folder of its own, there. */
export const recordFile = "record";
/** The .torrent of a job in a folder of its own, there. */
export const jobTorrentFile = "job.torrent";
/** Its magnet link, until the .torrent is known. */
export const jobMagnetFile = "job.magnet";

/** The part file of a torrent, beside its files. */
export function partFileName(key: TorrentKey): string {
  return `.${key}.parts`;
}

/** Whether the part file of a torrent may have this name. */
export function isPartFile(name: string): boolean {
  return /^\.[0-9a-f]+\.parts$/i.test(name);
}

/**
 * The first file of a torrent that would lie in Troupe's own folder: foreign bytes would be trusted as state, and
 * opening a lock file as data would end the lock.
 */
export function reservedFile(
  files: readonly Pick<MetainfoFile, "path" | "otherPaths">[],
): string | undefined {
  const isReserved = (path: readonly string[]): boolean =>
    safePathPart(path[0] ?? "")?.toLowerCase() === ownFolder;
  const reserved = files.find(
    ({ path, otherPaths = [] }) =>
      isReserved(path) || otherPaths.some((other) => isReserved(other.path)),
  );
  return reserved?.path.join("/");
}
