import test from "ava";
import fc from "fast-check";
import {
  slicePieces,
  sortByRarity,
  type SortedPieces,
} from "../../../../src/torrent/pieces/orders/rarity-sort.ts";
import { counts, ledgerFrom, piece } from "../../../support/diagrams.ts";

function finish(sort: Generator<undefined, SortedPieces, undefined>): SortedPieces {
  for (;;) {
    const slice = sort.next();
    if (slice.done === true) return slice.value;
  }
}

test("pieces are sorted by priority, by rarity, and round from a first piece", (t) => {
  const pieces = fc.array(
    fc.record({ priority: fc.nat(3), peers: fc.integer({ min: 1, max: 5 }) }),
    {
      minLength: 1,
    },
  );
  const property = fc.property(pieces, fc.nat(), (list, seed) => {
    const first = seed % list.length;
    const ledger = ledgerFrom(".".repeat(list.length));
    for (const [at, { priority }] of list.entries()) ledger.setPriority(piece(at), priority);
    const availability = [Uint16Array.from(list, ({ peers }) => peers)];
    const sorted = finish(sortByRarity(ledger, availability, first));
    const distance = (at: number): number => (at - first + list.length) % list.length;
    const expected = [...list.entries()]
      .filter(([, { priority }]) => priority > 0)
      .toSorted(
        ([a, one], [b, other]) =>
          other.priority - one.priority || one.peers - other.peers || distance(a) - distance(b),
      );
    t.deepEqual(
      [...sorted.pieces],
      expected.map(([at]) => at),
    );
    const top = expected[0]?.[1].priority;
    t.is(sorted.topCount, expected.filter(([, { priority }]) => priority === top).length);
  });
  fc.assert(property);
});

test("pieces that no peer has come last, also those of a higher priority", (t) => {
  const ledger = ledgerFrom("#.....");
  for (const index of [1, 2, 4]) ledger.setPriority(piece(index), 7);
  const { pieces, topCount } = finish(sortByRarity(ledger, [counts("102011")], 0));
  t.deepEqual([...pieces], [4, 2, 5, 1, 3]);
  t.is(topCount, 2);
});

test("a piece leased or put back between two slices does no harm to the sort", (t) => {
  const pieceCount = 3 * slicePieces;
  const ledger = ledgerFrom(".".repeat(pieceCount));
  const table = new Uint16Array(pieceCount).fill(1);
  ledger.grant(piece(1), 0, 0);
  const sort = sortByRarity(ledger, [table], 0);
  let slices = 1;
  for (let slice = sort.next(); slice.done !== true; slice = sort.next()) {
    ledger.grant(piece(slices * 100), 0, 0);
    table.fill(slices);
    if (slices === 2) ledger.release(piece(1));
    slices++;
  }
  t.is(slices, 5, "two passes of three slices, two of them in one turn");
  const { pieces } = finish(sortByRarity(ledger, [table], 0));
  t.is(new Set(pieces).size, pieces.length);
});

test("with hundreds of priorities the pieces that many peers have count as equal", (t) => {
  const priorities = 1024;
  const ledger = ledgerFrom(".".repeat(priorities + 3));
  for (let index = 0; index < priorities; index++) ledger.setPriority(piece(index), index + 1);
  for (let index = 0; index < 3; index++) ledger.setPriority(piece(priorities + index), 2000);
  const table = new Uint16Array(priorities + 3).fill(1);
  table.set([100, 70, 61], priorities);
  const { pieces, topCount } = finish(sortByRarity(ledger, [table], 0));
  t.deepEqual([...pieces.subarray(0, 4)], [1026, 1024, 1025, 1023]);
  t.is(topCount, 3);
});

test("with a priority for each of thousands of pieces those that no peer has come last", (t) => {
  const pieceCount = 40_000;
  const ledger = ledgerFrom(".".repeat(pieceCount));
  for (let index = 0; index < pieceCount; index++) ledger.setPriority(piece(index), index + 1);
  const table = new Uint16Array(pieceCount).fill(1, 0, 20_000);
  const { pieces } = finish(sortByRarity(ledger, [table], 0));
  t.deepEqual([pieces[0], pieces[19_999], pieces[20_000]], [19_999, 0, 39_999]);
});
