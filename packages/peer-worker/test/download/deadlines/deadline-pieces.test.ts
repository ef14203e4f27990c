import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";

import { DeadlinePieces } from "../../../src/download/deadlines/deadline-pieces.ts";

function piece(index: number): PieceIndex {
  return index as PieceIndex;
}

test("deadlines are kept by the worker's clock, the earliest first, until they are replaced", (t) => {
  const due = new DeadlinePieces();
  t.true(due.isEmpty);
  due.set(
    [
      { piece: piece(3), ms: 200 },
      { piece: piece(7), ms: 100 },
      { piece: piece(5), ms: 300 },
    ],
    1_000,
  );
  due.delete(piece(3));
  t.deepEqual(
    [...due.entries()],
    [
      [piece(7), 1_100],
      [piece(5), 1_300],
    ],
  );
  due.set([], 2_000);
  t.true(due.isEmpty);
});

test("a torrent is urgent while pieces have deadlines, and 10 s longer", (t) => {
  const due = new DeadlinePieces();
  t.false(due.isUrgent(0));
  due.set([{ piece: piece(3), ms: 200 }], 1_000);
  t.true(due.isUrgent(20_000));
  due.set([], 25_000);
  t.true(due.isUrgent(34_999));
  t.false(due.isUrgent(35_000));
});
