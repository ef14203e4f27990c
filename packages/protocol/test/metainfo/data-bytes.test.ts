import test from "ava";
import fc from "fast-check";
import { DataBytes, makeGeometry, pieceLength } from "../../src/metainfo/index.ts";

test("the bytes of pieces and of the torrent leave padding out", (t) => {
  const bytes = new DataBytes(makeGeometry(400, 100), [
    { lengthBytes: 30 },
    { lengthBytes: 20, isPadding: true },
    { lengthBytes: 10 },
    { lengthBytes: 240, isPadding: true },
    { lengthBytes: 0, isPadding: true },
    { lengthBytes: 100 },
  ]);
  t.deepEqual(
    [0, 1, 2, 3].map((piece) => bytes.ofPiece(piece)),
    [40, 0, 0, 100],
  );
  t.is(bytes.totalBytes, 140);
});

test("without padding all bytes of a piece count, also of a short last piece", (t) => {
  const bytes = new DataBytes(makeGeometry(250, 100), []);
  t.deepEqual([bytes.ofPiece(0), bytes.ofPiece(2), bytes.totalBytes], [100, 50, 250]);
});

test("the bytes of all pieces are those of the files that are no padding", (t) => {
  const file = fc.record({ lengthBytes: fc.nat(300), isPadding: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(file, { minLength: 1 }),
      fc.integer({ min: 1, max: 128 }),
      (files, size) => {
        const total = files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
        fc.pre(total > 0);
        const geometry = makeGeometry(total, size);
        const bytes = new DataBytes(geometry, files);
        let sum = 0;
        for (let piece = 0; piece < geometry.pieceCount; piece++) {
          const ofPiece = bytes.ofPiece(piece);
          t.true(ofPiece >= 0 && ofPiece <= pieceLength(geometry, piece));
          sum += ofPiece;
        }
        t.is(sum, bytes.totalBytes);
        const data = files.filter(({ isPadding }) => !isPadding);
        t.is(
          sum,
          data.reduce((all, { lengthBytes }) => all + lengthBytes, 0),
        );
      },
    ),
  );
});
