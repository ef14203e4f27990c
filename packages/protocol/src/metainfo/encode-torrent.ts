import { type Encodable, encode } from "../bencode/bencode-encode.ts";
import type { Metainfo } from "./metainfo.ts";
import { parseTorrent } from "./parse-torrent.ts";

/** A file to write. */
export interface TorrentFileDescription {
  /** Below the torrent's folder, at least one part. */
  readonly path: readonly string[];
  readonly lengthBytes: number;
}

/** A version 1 torrent (BEP 3, 12, 27): `lengthBytes` of a file, or the `files` of a folder. */
export type TorrentDescription = {
  readonly pieceLengthBytes: number;
} & Pick<Metainfo, "name" | "pieceHashes"> &
  Partial<Pick<Metainfo, "trackers" | "isPrivate" | "comment" | "createdBy" | "creationDate">> &
  ({ readonly files: readonly TorrentFileDescription[] } | { readonly lengthBytes: number });

/**
 * @returns Bytes that {@link parseTorrent} accepts.
 * @throws {ProtocolError} `bencode-not-encodable`, or the gate's error: contradictory sizes, no bytes, too many pieces.
 */
export function encodeTorrent(torrent: TorrentDescription): Uint8Array {
  const tiers = torrent.trackers?.filter((tier) => tier.length > 0) ?? [];
  const firstUrl = tiers[0]?.[0];
  const urlCount = tiers.reduce((count, tier) => count + tier.length, 0);
  const bytes = encode({
    ...(firstUrl !== undefined && { announce: firstUrl }),
    ...(urlCount > 1 && { "announce-list": tiers }),
    ...(torrent.comment !== undefined && { comment: torrent.comment }),
    ...(torrent.createdBy !== undefined && { "created by": torrent.createdBy }),
    ...(torrent.creationDate !== undefined && { "creation date": torrent.creationDate }),
    info: infoOf(torrent),
  });
  parseTorrent(bytes);
  return bytes;
}

function infoOf(torrent: TorrentDescription): Encodable {
  const content: { readonly [key: string]: Encodable } =
    "files" in torrent
      ? { files: torrent.files.map(({ path, lengthBytes }) => ({ path, length: lengthBytes })) }
      : { length: torrent.lengthBytes };
  return {
    ...content,
    name: torrent.name,
    "piece length": torrent.pieceLengthBytes,
    pieces: torrent.pieceHashes,
    ...(torrent.isPrivate === true && { private: 1 }),
  };
}
