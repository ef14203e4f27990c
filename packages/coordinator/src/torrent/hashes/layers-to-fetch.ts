import type { Metainfo } from "@troupe/protocol/metainfo";
import { LayerFetch } from "./layer-fetch.ts";

/** @returns The fetch of the layers that a torrent lacks; undefined if it has all. */
export function layersToFetch({
  files,
  geometry,
  pieceHashes,
  trees,
}: Metainfo): LayerFetch | undefined {
  if (trees === undefined) return undefined;
  const { pieceLengthBytes } = geometry;
  const large = files.flatMap(({ isPadding, lengthBytes, offset }, file) => {
    if (isPadding || lengthBytes <= pieceLengthBytes) return [];
    const pieces = Math.ceil(lengthBytes / pieceLengthBytes);
    return [{ file, firstPiece: offset / pieceLengthBytes, pieces }];
  });
  const fetch = new LayerFetch(large, trees.pieceLayer, (piece) => pieceHashes.isNodeKnown(piece));
  return fetch.isDone ? undefined : fetch;
}
