import test from "ava";
import fc from "fast-check";
import { fileVerdicts } from "../../src/commands/file-verdicts.ts";
import { torrentOf } from "../support/torrents.ts";

const piece = 16_384;

/** The printed verdicts: `failed/pieces` of each file. */
function shares(
  files: Readonly<Record<string, number>>,
  failedPieces: readonly number[],
): string[] {
  return fileVerdicts(torrentOf({ files }), { failed: failedPieces, missing: [] }).map(
    (file) => `${file.path} ${file.failedPieces}/${file.pieces}`,
  );
}

test("a bad piece counts for its file", (t) => {
  t.deepEqual(shares({ a: piece, "b/c": 2 * piece }, [1]), ["job/a 0/1", "job/b/c 1/2"]);
});

test("a bad piece that overlaps several files counts for all of them", (t) => {
  t.deepEqual(shares({ a: 100, b: 100, c: 2 * piece }, [0]), [
    "job/a 1/1",
    "job/b 1/1",
    "job/c 1/3",
  ]);
});

test("an empty file has no bad pieces", (t) => {
  t.deepEqual(shares({ a: 100, empty: 0 }, [0]), ["job/a 1/1", "job/empty 0/0"]);
});

test("the bytes of a file in bad pieces are ranges, joined where the pieces lie side by side", (t) => {
  const files = { a: piece + 100, b: 50, empty: 0, c: 3 * piece };
  const verdicts = fileVerdicts(torrentOf({ files }), { failed: [1, 2, 4], missing: [] });
  t.deepEqual(
    verdicts.map(({ failedRanges }) => failedRanges),
    [
      [[piece, piece + 99]],
      [[0, 49]],
      [],
      [
        [0, 2 * piece - 151],
        [3 * piece - 150, 3 * piece - 1],
      ],
    ],
  );
});

test("every bad piece counts for a file, whatever the files", (t) => {
  const lengths = fc.array(fc.nat(4 * piece), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(lengths, fc.nat(), (all, seed) => {
      const total = all.reduce((sum, length) => sum + length, 0);
      if (total === 0) return;
      const failed = seed % Math.ceil(total / piece);
      const files = Object.fromEntries(all.map((length, index) => [`f${index}`, length]));
      const hurt = fileVerdicts(torrentOf({ files }), { failed: [failed], missing: [] }).filter(
        (file) => file.failedPieces > 0,
      );
      t.true(hurt.length > 0);
      for (const file of hurt) t.is(file.failedPieces, 1);
    }),
    { numRuns: 50 },
  );
});
