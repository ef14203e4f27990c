// A .torrent as the dialogue shows it, by the same gate as the service's.

import { ProtocolError } from "@troupe/protocol/errors";
import { parseTorrent } from "@troupe/protocol/metainfo";

/** A file of a torrent. */
interface TorrentFile {
  /** The index in the torrent, which priorities count by. */
  readonly index: number;
  /** Below the torrent's folder, parts joined by `/`. */
  readonly path: string;
  readonly lengthBytes: number;
}

/** A readable .torrent. */
export interface ReadTorrent {
  readonly torrent: string;
  readonly name: string;
  /** Files without padding. */
  readonly files: readonly TorrentFile[];
  /** Files with padding. */
  readonly fileCount: number;
}

/** Reads a .torrent. @returns A sentence, in English, for one that the service would refuse. */
export function readTorrent(bytes: Uint8Array): ReadTorrent | string {
  try {
    const { files, infoHash, isSingleFile, name } = parseTorrent(bytes, { areLayersProven: true });
    return {
      torrent: infoHash,
      name,
      fileCount: files.length,
      files: files.flatMap(({ isPadding, lengthBytes, path }, index) =>
        isPadding ? [] : [{ index, lengthBytes, path: path.slice(isSingleFile ? 0 : 1).join("/") }],
      ),
    };
  } catch (error) {
    if (error instanceof ProtocolError) return error.message;
    throw error;
  }
}

/** The priorities of files, for the command `add`: undefined where all are chosen. */
export function prioritiesOf(
  { fileCount, files }: ReadTorrent,
  left: ReadonlySet<number>,
): readonly number[] | undefined {
  if (left.size === 0) return undefined;
  const priorities = Array.from({ length: fileCount }, () => 1);
  for (const { index } of files) if (left.has(index)) priorities[index] = 0;
  return priorities;
}
