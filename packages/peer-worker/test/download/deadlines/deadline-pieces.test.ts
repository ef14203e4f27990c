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
