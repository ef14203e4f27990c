import test from "ava";
import fc from "fast-check";
import { bitsOf } from "@troupe/protocol/testing";
import { ledgerFrom, piece } from "../../support/diagrams.ts";

const changes = fc.array(
  fc.record({
    index: fc.nat(9),
    change: fc.constantFrom("grant", "release", "had", "lost", "priority"),
    priority: fc.nat(3),
  }),
);

test("after any changes of the ledger the missing, wanted pieces are pickable, the highest priority first", (t) => {
  const property = fc.property(changes, (list) => {
    const ledger = ledgerFrom("..........");
    for (const { index, change, priority } of list) {
      const at = piece(index);
      if (change === "grant" && ledger.isMissing(at)) ledger.grant(at, 0, 0);
      if (change === "release") ledger.release(at);
      if (change === "had") ledger.toHad(at);
      if (change === "lost") ledger.toLost(at);
      if (change === "priority") ledger.setPriority(at, priority);
    }
    const priorityOf = (index: number): number => ledger.priorities[index] ?? 0;
    const expected = Array.from({ length: 10 }, (_, index) => index)
      .filter((index) => ledger.isMissing(piece(index)) && ledger.isWanted(piece(index)))
      .toSorted((a, b) => priorityOf(b) - priorityOf(a) || a - b);
    t.deepEqual(ledger.pickable.among(bitsOf("##########"), 10).map(Number), expected);
    t.is(ledger.pickable.count, expected.length);
    t.is(ledger.pickable.hasAny(bitsOf("##########")), expected.length > 0);
  });
  fc.assert(property);
});

test("only pickable pieces of the peer are among its pieces, at most as many as asked for", (t) => {
  const { pickable } = ledgerFrom(".L.#....");
  t.deepEqual(pickable.among(bitsOf("####.##."), 9).map(Number), [0, 2, 5, 6]);
  t.deepEqual(pickable.among(bitsOf("####.##."), 3).map(Number), [0, 2, 5]);
  t.false(pickable.hasAny(bitsOf(".#.#....")));
});

test("a priority that no piece has any more takes no memory", (t) => {
  const ledger = ledgerFrom("...");
  for (const priority of [5, 6, 7]) {
    for (let index = 0; index < 3; index++) ledger.setPriority(piece(index), priority);
  }
  t.deepEqual(ledger.pickable.priorities, [7]);
});

test("each of 20,000 pieces may have a priority of its own", (t) => {
  const pieceCount = 20_000;
  const ledger = ledgerFrom(".".repeat(pieceCount));
  for (let index = 0; index < pieceCount; index++) ledger.setPriority(piece(index), index + 1);
  const all = new Uint8Array(pieceCount / 8).fill(0xff);
  t.deepEqual(ledger.pickable.among(all, 3).map(Number), [19_999, 19_998, 19_997]);
  ledger.setPriority(piece(5), 60_000);
  t.deepEqual(ledger.pickable.among(all, 2).map(Number), [5, 19_999]);
  t.is(ledger.pickable.priorities.length, pieceCount);
});
