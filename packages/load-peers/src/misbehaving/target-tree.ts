import { nodeBytes, treeHeight } from "@troupe/protocol/merkle";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { wireHashes } from "@troupe/protocol/identity";
import type { TargetTree } from "./raw-connection.ts";

/** @returns The tree of the largest file; undefined for a torrent of version 1. */
export function treeOf({ files, infoHashes, trees }: Metainfo): TargetTree | undefined {
  const infoHash = wireHashes(infoHashes).at(-1);
  if (trees === undefined || infoHash === undefined) return undefined;
  const lengths = files.map(({ isPadding, lengthBytes }) => (isPadding ? 0 : lengthBytes));
  const largest = lengths.reduce((best, one, at) => (one > (lengths[best] ?? 0) ? at : best), 0);
  const height = treeHeight(lengths[largest] ?? 0);
  return {
    infoHash,
    root: trees.roots.subarray(largest * nodeBytes, (largest + 1) * nodeBytes),
    height,
    pieceLayer: Math.min(trees.pieceLayer, height),
  };
}
