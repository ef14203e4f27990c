import test from "ava";
import fc from "fast-check";
import { PieceBits } from "../../../../src/torrent/pieces/piece-bits.ts";
import { GapSearch, gapsPerSearch } from "../../../../src/torrent/pieces/runs/gap-search.ts";
import { piece } from "../../../support/diagrams.ts";

function setOf(pieceCount: number, isIn: (index: number) => boolean): PieceBits {
  const bits = new PieceBits(pieceCount);
  for (let index = 0; index < pieceCount; index++) if (isIn(index)) bits.add(piece(index));
  return bits;
}

test("a search finds the gaps of any set in their order", (t) => {
  const ranges = fc.array(fc.tuple(fc.nat(8999), fc.integer({ min: 1, max: 5000 })), {
    maxLength: 5,
  });
  const property = fc.property(ranges, (list) => {
    const isIn = (index: number): boolean =>
      list.some(([start, length]) => index >= start && index < start + length);
    const expected: { start: number; end: number }[] = [];
    for (let index = 0; index < 9000; index++) {
      if (!isIn(index)) continue;
      const last = expected.at(-1);
      if (last?.end === index) last.end++;
      else expected.push({ start: index, end: index + 1 });
    }
    t.deepEqual(new GapSearch().next(setOf(9000, isIn)), expected);
  });
  fc.assert(property, { numRuns: 30 });
});

test("a search has a bound, and the next searches go on behind it and return to the first gaps", (t) => {
  const bits = setOf(2 * gapsPerSearch + 20, (index) => index % 2 === 0);
  const search = new GapSearch();
  t.deepEqual(search.next(bits).at(-1), {
    start: 2 * gapsPerSearch - 2,
    end: 2 * gapsPerSearch - 1,
  });
  const next = search.next(bits);
  t.is(next.length, gapsPerSearch);
  t.is(next[0]?.start, 2 * gapsPerSearch);
  t.is(next[10]?.start, 0);
  search.forget();
  t.is(search.next(bits)[0]?.start, 0);
});

test("a gap of two million pieces is one gap", (t) => {
  const bits = new PieceBits(2 ** 21);
  bits.addAll();
  t.deepEqual(new GapSearch().next(bits), [{ start: 0, end: 2 ** 21 }]);
});
