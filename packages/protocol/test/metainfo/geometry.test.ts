import test from "ava";
import fc from "fast-check";
import {
  blockCount,
  blockLength,
  makeGeometry,
  mostBlocks,
  pieceAt,
  pieceLength,
  pieceStart,
} from "../../src/metainfo/index.ts";
import { refuses } from "../support/refusals.ts";

const sizes = test.macro(
  (
    t,
    totalBytes: number,
    pieceBytes: number,
    expected: { pieces: number; lastPiece: number; lastPieceBlocks: number; lastBlock: number },
  ) => {
    const geometry = makeGeometry(totalBytes, pieceBytes);
    const last = geometry.pieceCount - 1;
    const blocks = blockCount(geometry, last);
    t.deepEqual(
      {
        pieces: geometry.pieceCount,
        lastPiece: pieceLength(geometry, last),
        lastPieceBlocks: blocks,
        lastBlock: blockLength(geometry, last, blocks - 1),
      },
      expected,
    );
  },
);

test("PI11: a last piece that is exactly full has its blocks", sizes, 4 * 65_536, 65_536, {
  pieces: 4,
  lastPiece: 65_536,
  lastPieceBlocks: 4,
  lastBlock: 16_384,
});
test(
  "PI11: a last piece that is short ends with a short block",
  sizes,
  3 * 65_536 + 20_000,
  65_536,
  {
    pieces: 4,
    lastPiece: 20_000,
    lastPieceBlocks: 2,
    lastBlock: 3_616,
  },
);
test("PI11: a last piece of whole blocks has no empty block", sizes, 65_536 + 32_768, 65_536, {
  pieces: 2,
  lastPiece: 32_768,
  lastPieceBlocks: 2,
  lastBlock: 16_384,
});
test("PI11: a last piece of one byte is a piece", sizes, 65_537, 65_536, {
  pieces: 2,
  lastPiece: 1,
  lastPieceBlocks: 1,
  lastBlock: 1,
});
test("PI11: a torrent shorter than its pieces is one piece", sizes, 5, 65_536, {
  pieces: 1,
  lastPiece: 5,
  lastPieceBlocks: 1,
  lastBlock: 5,
});

test("PI11: the blocks of all pieces add up to the torrent, and none is empty", (t) => {
  const totals = fc.oneof(
    fc.integer({ min: 1, max: 1 << 21 }),
    // Sizes around whole pieces, where the mistakes are.
    fc
      .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -1, max: 1 }))
      .map(([n, d]) => n * 16_384 + d),
  );
  fc.assert(
    fc.property(
      totals,
      fc.constantFrom(1_000, 16_384, 32_768, 40_000, 65_536),
      (total, pieceBytes) => {
        const geometry = makeGeometry(total, pieceBytes);
        let sum = 0;
        for (let piece = 0; piece < geometry.pieceCount; piece++) {
          let pieceSum = 0;
          for (let block = 0; block < blockCount(geometry, piece); block++) {
            const length = blockLength(geometry, piece, block);
            if (length < 1 || length > 16_384)
              t.fail(`block ${block} of ${piece} has ${length} bytes`);
            pieceSum += length;
          }
          if (pieceSum !== pieceLength(geometry, piece)) t.fail(`piece ${piece}`);
          sum += pieceSum;
        }
        t.is(sum, total);
      },
    ),
    { numRuns: 200 },
  );
});

test("a piece is found by the positions of its first and its last byte", (t) => {
  const geometry = makeGeometry(3 * 40_000 + 5, 40_000);
  for (let piece = 0; piece < geometry.pieceCount; piece++) {
    const start = pieceStart(geometry, piece);
    t.is(start, piece * 40_000);
    t.is(pieceAt(geometry, start), piece);
    t.is(pieceAt(geometry, start + pieceLength(geometry, piece) - 1), piece);
  }
});

test("the largest sizes are divided without rounding", (t) => {
  const geometry = makeGeometry(Number.MAX_SAFE_INTEGER, 2 ** 31);
  t.is(
    (geometry.pieceCount - 1) * 2 ** 31 + geometry.lastPieceLengthBytes,
    Number.MAX_SAFE_INTEGER,
  );
});

test("case 22: sizes that divide nothing are refused", (t) => {
  for (const [total, piece] of [
    [0, 1],
    [-1, 1],
    [1, 0],
    [1, -1],
    [1, 2 ** 40],
    [2 ** 53, 16_384],
    [1.5, 1],
    [1, Number.NaN],
  ] as const) {
    refuses(t, "geometry-invalid", () => makeGeometry(total, piece));
  }
});

test("the longest piece has the most blocks", (t) => {
  t.is(mostBlocks(makeGeometry(100_000, 40_000)), 3);
  t.is(mostBlocks(makeGeometry(100_000, 32_768)), 2);
  t.is(mostBlocks(makeGeometry(5, 40_000)), 3);
});
