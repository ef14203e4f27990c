// The answer that a hash request can get: hashes of pieces from memory, leaves of a piece that is had, or a reject.

import { isRangeOf } from "@troupe/protocol/merkle";
import type { HashRequest } from "@troupe/protocol/peer";

import type { SessionWithContent } from "../session/session.ts";
import type { TorrentTrees, TreeFile } from "./torrent-trees.ts";

/** The source of the hashes. */
type PlannedAnswer =
  | { readonly from: "memory"; readonly file: TreeFile }
  | {
      readonly from: "piece";
      readonly file: TreeFile;
      /** Its index in the torrent. */
      readonly piece: number;
      /** The proof leads over nodes of pieces. */
      readonly needsLayers: boolean;
    };

/** @returns Undefined: the request is rejected. */
export function planAnswer(
  session: SessionWithContent,
  request: HashRequest,
): PlannedAnswer | undefined {
  const { trees } = session.content;
  if (trees === undefined || !session.torrent.isActive) return undefined;
  for (const file of trees.filesOf(request.root)) {
    if (!isRangeOf(request, file.height)) continue;
    const planned = planFor(session, trees, file, request);
    if (planned !== undefined) return planned;
  }
  return undefined;
}

function planFor(
  session: SessionWithContent,
  trees: TorrentTrees,
  file: TreeFile,
  request: HashRequest,
): PlannedAnswer | undefined {
  const { pieceLayer } = trees;
  const { baseLayer, index, length, proofLayers } = request;
  const isOfPieces = baseLayer === pieceLayer && file.height > pieceLayer;
  if (isOfPieces) return trees.isLayerKnown(file) ? { from: "memory", file } : undefined;
  const blocksPerPiece = 2 ** Math.min(pieceLayer, file.height);
  if (baseLayer !== 0 || length > blocksPerPiece) return undefined;
  const inFile = Math.floor(index / blocksPerPiece);
  const needsLayers = proofLayers >= pieceLayer;
  if (inFile >= file.pieces || (needsLayers && !trees.isLayerKnown(file))) return undefined;
  const piece = file.firstPiece + inFile;
  return mayShow(session, piece) ? { from: "piece", file, piece, needsLayers } : undefined;
}

/** The piece is on the disk, and the peer knows that we have it. */
function mayShow({ content, features }: SessionWithContent, piece: number): boolean {
  return content.pieceMap.has(piece) && features.shown?.has(piece) !== false;
}
