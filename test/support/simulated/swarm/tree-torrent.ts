// A torrent of version 2, or a hybrid, for simulated worlds (BEP 52).

import { parseTorrent, type Metainfo } from "@troupe/protocol/metainfo";
import { treeParts, treeTorrent } from "@troupe/protocol/testing";

/** A file of the torrent. */
interface TreeFile {
  /** Below the torrent's folder. */
  readonly path: readonly string[];
  readonly bytes: Uint8Array;
}

/** Options of {@link treeTorrentOf}. */
interface TreePlan {
  readonly version: "v2" | "hybrid";
  readonly name: string;
  readonly pieceLengthBytes: number;
  readonly isPrivate: boolean;
}

/** A torrent and its bytes. */
interface MadeTree {
  readonly metainfo: Metainfo;
  /** The .torrent, without trackers. */
  readonly bytes: Uint8Array;
  /** All files, one after the other, each at the beginning of a piece. */
  readonly content: Uint8Array;
}

/** @param files In any order: that of the torrent is the order of their names. */
export function treeTorrentOf(
  files: readonly TreeFile[],
  { isPrivate, name, pieceLengthBytes, version }: TreePlan,
): MadeTree {
  const inOrder = files
    .map(({ bytes, path }) => ({ bytes, path: path.join("/") }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const parts = treeParts(inOrder, pieceLengthBytes);
  const info = { name, ...(isPrivate && { private: 1 }) };
  const bytes = treeTorrent(parts, pieceLengthBytes, version, { info });
  const metainfo = parseTorrent(bytes);
  const content = new Uint8Array(metainfo.geometry.totalBytes);
  for (const { isPadding, offset, path } of metainfo.files) {
    const file = inOrder.find((one) => one.path === path.slice(1).join("/"));
    if (!isPadding && file !== undefined) content.set(file.bytes, offset);
  }
  return { metainfo, bytes, content };
}
