// A piece with a wrong hash that waits for the hashes of its leaves: they tell which of its blocks are wrong.

import { contributorLimit, type ContributorAddress, type PieceLease } from "@troupe/messages";
import {
  heightOf,
  maxRangeHashes,
  nodeBytes,
  treeHeight,
  type HashRange,
} from "@troupe/protocol/merkle";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { peerIdFromText } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { isAlike, type AttemptOrigin } from "../smart-ban/failed-attempts.ts";

/** A place in the tree of a file. */
interface LeafRange {
  readonly file: number;
  readonly range: HashRange;
}

/** A piece that is neither missing nor leased until the leaves come. */
export interface FailedPiece extends LeafRange {
  readonly piece: PieceIndex;
  /** A copy of its blocks. */
  readonly memory: SharedArrayBuffer;
  /** A leaf hash a block, of the blocks that came. */
  readonly digests: Uint8Array;
  readonly origin: AttemptOrigin;
  /** Peers that were asked, in order. */
  readonly asked: Set<string>;
  /** Asked peers that are connected and have not rejected. */
  readonly owed: Set<string>;
  /** Time of the last request. */
  askedAtMs: number;
}

/**
 * @returns The leaves of a piece, proven by the node of the piece; undefined for a piece of one block, or of more leaves
 *   than a peer sends at once.
 */
export function leavesOf(
  { files, geometry: { pieceLengthBytes }, trees }: Metainfo,
  piece: PieceIndex,
): LeafRange | undefined {
  if (trees === undefined) return undefined;
  const position = piece * pieceLengthBytes;
  const file = files.findIndex(
    ({ isPadding, lengthBytes, offset }) =>
      !isPadding && offset <= position && position < offset + lengthBytes,
  );
  const found = files[file];
  if (found === undefined) return undefined;
  const height = Math.min(trees.pieceLayer, treeHeight(found.lengthBytes));
  const length = 2 ** height;
  if (length < 2 || length > maxRangeHashes) return undefined;
  const index = (piece - found.offset / pieceLengthBytes) * length;
  return { file, range: { baseLayer: 0, index, length, proofLayers: heightOf(length) - 1 } };
}

/** @returns A byte a block: 1 for blocks whose digest is that of the leaf. */
export function rightBlocks(digests: Uint8Array, leaves: Uint8Array): Uint8Array {
  const right = new Uint8Array(digests.length / nodeBytes);
  for (let block = 0; block < right.length; block++) {
    const isRight = isAlike(digests, leaves, block * nodeBytes, nodeBytes);
    right[block] = isRight ? 1 : 0;
  }
  return right;
}

/** @returns The right blocks with their senders. The lease of the piece hands them to a peer-worker. */
export function keptBlocks(
  { memory, origin }: FailedPiece,
  right: Uint8Array,
): NonNullable<PieceLease["transferred"]> {
  const contributors: ContributorAddress[] = [];
  const places = origin.contributors.map((peer) => {
    if (peer === undefined) return contributorLimit;
    const { host, port, peerId } = peer;
    return contributors.push({ host, port, peerId: peerIdFromText(peerId) }) - 1;
  });
  const blockContributors = right.map(
    (_, block) => places[origin.blockContributors?.[block] ?? 0] ?? contributorLimit,
  );
  return { memory, offset: 0, received: right, contributors, blockContributors };
}
