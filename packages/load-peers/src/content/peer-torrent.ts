import type { Disk } from "@troupe/actor-runtime";
import { type Metainfo, parseTorrent } from "@troupe/protocol/metainfo";
import { openFolderContent } from "./folder-content.ts";
import { patternContent } from "./pattern-content.ts";
import type { PeerContent } from "./peer-content.ts";

/** The torrent of a group of peers. Groups may share it; its owner closes the content. */
export interface PeerTorrent {
  readonly metainfo: Metainfo;
  /** Undefined: blocks are judged by the hashes of pieces whose blocks come in order, and none are served. */
  readonly content: PeerContent | undefined;
}

/** Where the content of a torrent is. */
type ContentSource =
  | { readonly kind: "pattern" }
  /** Absolute path of the folder with the files of the torrent. */
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "unknown" };

/**
 * Reads a .torrent and opens its content.
 * @throws ProtocolError for bytes that are no torrent, RangeError for a pattern whose pieces do not have the hashes of
 *   the .torrent, and the system's errors for files.
 */
export function openPeerTorrent(disk: Disk, bytes: Uint8Array, source: ContentSource): PeerTorrent {
  const metainfo = parseTorrent(bytes);
  if (source.kind === "unknown") return { metainfo, content: undefined };
  if (source.kind === "folder")
    return { metainfo, content: openFolderContent(disk, metainfo, source.path) };
  const { totalBytes, pieceLengthBytes } = metainfo.geometry;
  const content = patternContent({ lengthBytes: totalBytes, pieceLengthBytes });
  if (!metainfo.pieceHashes.matches(0, content.pieceDigest(metainfo.pieceHashes, 0))) {
    throw new RangeError(`cannot use ${metainfo.name} as a pattern: its first piece is another`);
  }
  return { metainfo, content };
}
