// Small real .torrent files for the calls that read them.

import { encodeTorrent, parseTorrent, type Metainfo } from "@troupe/protocol/metainfo";

export interface TorrentSketch {
  readonly name?: string;
  /** Length by path, in order. */
  readonly files: Readonly<Record<string, number>>;
  readonly trackers?: readonly (readonly string[])[];
  readonly webSeeds?: readonly string[];
  readonly nodes?: readonly { readonly host: string; readonly port: number }[];
  readonly isPrivate?: boolean;
  readonly comment?: string;
  /** Paths of files that are padding. */
  readonly padding?: readonly string[];
  readonly pieceLengthBytes?: number;
}

const defaultPieceLengthBytes = 16_384;

/** The bytes of a torrent whose pieces are hashed to zeros: good for everything but downloading. */
export function torrentBytes({
  name = "job",
  files,
  pieceLengthBytes = defaultPieceLengthBytes,
  padding = [],
  ...others
}: TorrentSketch): Uint8Array {
  const lengths = Object.values(files);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return encodeTorrent({
    name,
    pieceLengthBytes,
    pieceHashes: new Uint8Array(20 * Math.ceil(total / pieceLengthBytes)),
    files: Object.entries(files).map(([path, lengthBytes]) => ({
      path: path.split("/"),
      lengthBytes,
      isPadding: padding.includes(path),
    })),
    ...others,
  });
}

/** The metainfo of a sketch, read from its bytes. */
export function torrentOf(sketch: TorrentSketch): Metainfo {
  return parseTorrent(torrentBytes(sketch));
}
