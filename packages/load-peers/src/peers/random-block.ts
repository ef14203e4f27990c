import { blockCount, blockLength, type Geometry } from "@troupe/protocol/metainfo";
import { nextBit } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";
import type { ChosenBlock } from "./group-shared.ts";
import type { PieceSet } from "./own-pieces.ts";
import { scrambled } from "./scrambled.ts";

/** Chooses a block of a piece that the other side has; the same seed chooses the same block. */
export function chooseRandomBlock(
  chosen: ChosenBlock,
  remote: PieceSet,
  geometry: Geometry,
  seed: number,
): void {
  const { pieceCount } = geometry;
  const start = scrambled(seed) % pieceCount;
  const piece = remote.isFull
    ? start
    : (nextBit(remote.bits, start, pieceCount - 1) ?? nextBit(remote.bits, 0, start) ?? 0);
  const block = scrambled(seed ^ 0x27d4eb2f) % blockCount(geometry, piece);
  chosen.piece = piece;
  chosen.begin = block * blockLengthBytes;
  chosen.lengthBytes = blockLength(geometry, piece, block);
}
