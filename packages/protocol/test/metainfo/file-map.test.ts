import test from "ava";
import fc from "fast-check";
import { FileMap } from "../../src/metainfo/index.ts";

test("a run of bytes is found in the files that hold it", (t) => {
  //                       0..9  10..14      15..34
  const map = new FileMap([10, 5, 0, 20], 8);
  t.is(map.totalBytes, 35);
  t.deepEqual(map.spans(8, 10), [
    { file: 0, fileOffset: 8, lengthBytes: 2 },
    { file: 1, fileOffset: 0, lengthBytes: 5 },
    { file: 3, fileOffset: 0, lengthBytes: 3 },
  ]);
  t.deepEqual(map.spans(30, 100), [{ file: 3, fileOffset: 15, lengthBytes: 5 }]);
  t.deepEqual(map.spans(35, 1), []);
  t.deepEqual(map.spans(3, 0), []);
});

test("case 21: empty files are in no run and no piece", (t) => {
  const map = new FileMap([0, 0, 4, 0, 4, 0], 4);
  t.deepEqual(
    map.spans(0, 8).map(({ file }) => file),
    [2, 4],
  );
  t.is(map.piecesOf(3), undefined);
  t.deepEqual(map.piecesOf(4), [1, 1]);
});

test("a file's pieces are the pieces that share a byte with it", (t) => {
  const map = new FileMap([10, 10, 10], 8);
  t.deepEqual(
    [0, 1, 2].map((file) => map.piecesOf(file)),
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  );
});

test("runs are whole, in order and inside their files, wherever they start", (t) => {
  const lengths = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lengths, fc.nat(60), fc.nat(60), (fileLengths, position, length) => {
      const map = new FileMap(fileLengths, 8);
      const bytes = fileLengths.flatMap((bytesOfFile, file) =>
        Array.from({ length: bytesOfFile }, (_, offset) => `${file}:${offset}`),
      );
      const found = map
        .spans(position, length)
        .flatMap(({ file, fileOffset, lengthBytes }) =>
          Array.from({ length: lengthBytes }, (_, i) => `${file}:${fileOffset + i}`),
        );
      t.deepEqual(found, bytes.slice(position, position + length));
    }),
  );
});

test("a piece has its bytes in files, and the last piece is short", (t) => {
  const map = new FileMap([10, 5, 0, 4], 8);
  t.is(map.pieceCount, 3);
  t.deepEqual(
    [0, 1, 2, 3].map((piece) => map.pieceLength(piece)),
    [8, 8, 3, 0],
  );
  t.deepEqual(map.spansOf(1), [
    { file: 0, fileOffset: 8, lengthBytes: 2 },
    { file: 1, fileOffset: 0, lengthBytes: 5 },
    { file: 3, fileOffset: 0, lengthBytes: 1 },
  ]);
  t.deepEqual(map.spansOf(1, 3), [
    { file: 0, fileOffset: 8, lengthBytes: 2 },
    { file: 1, fileOffset: 0, lengthBytes: 5 },
    { file: 3, fileOffset: 0, lengthBytes: 4 },
  ]);
  t.deepEqual(map.spansOf(2), [{ file: 3, fileOffset: 1, lengthBytes: 3 }]);
  t.deepEqual(map.spansIn(1, 3, 5), [{ file: 1, fileOffset: 1, lengthBytes: 2 }]);
});

test("a run of a file is cut where pieces end", (t) => {
  const map = new FileMap([10, 10, 10], 4);
  t.deepEqual(map.pieceSpans({ file: 1, fileOffset: 1, lengthBytes: 8 }), [
    { piece: 2, begin: 3, fileOffset: 1, lengthBytes: 1 },
    { piece: 3, begin: 0, fileOffset: 2, lengthBytes: 4 },
    { piece: 4, begin: 0, fileOffset: 6, lengthBytes: 3 },
  ]);
  const long = new FileMap([10, 10, 10], 8);
  t.deepEqual(long.pieceSpans({ file: 2, fileOffset: 4, lengthBytes: 4 }), [
    { piece: 3, begin: 0, fileOffset: 4, lengthBytes: 4 },
  ]);
});

test("a file and a piece share bytes, or none", (t) => {
  const map = new FileMap([10, 0, 10], 8);
  t.deepEqual(map.sharedSpan(0, 1), { file: 0, fileOffset: 8, lengthBytes: 2 });
  t.deepEqual(map.sharedSpan(2, 1), { file: 2, fileOffset: 0, lengthBytes: 6 });
  t.deepEqual(map.sharedSpan(2, 2), { file: 2, fileOffset: 6, lengthBytes: 4 });
  t.is(map.sharedBytes(2, 1), 6);
  t.is(map.sharedBytes(1, 1), 0);
  t.is(map.sharedSpan(1, 1), undefined);
  t.is(map.sharedSpan(0, 2), undefined);
});

test("a file owns the pieces that begin in it", (t) => {
  const map = new FileMap([10, 0, 3, 11], 8);
  t.deepEqual(
    [0, 1, 2, 3, 4].map((file) => map.firstPieceFrom(file)),
    [0, 2, 2, 2, 3],
  );
});
