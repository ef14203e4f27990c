import test from "ava";
import fc from "fast-check";
import type { LeaseId, PieceLease } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { WaitingLeases } from "../../src/download/waiting-leases.ts";

const lease = (piece: number): PieceLease => ({
  piece: piece as PieceIndex,
  lease: (piece + 100) as LeaseId,
});
const piecesOf = (leases: WaitingLeases): number[] =>
  [...leases].map(({ lease: { piece } }) => piece);

test("leases wait in order of arrival, whichever are removed and come again", (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { maxLength: 2_000 }), (pieces) => {
      const leases = new WaitingLeases();
      const expected = new Set<number>();
      for (const piece of pieces) {
        const isThere = expected.delete(piece);
        t.is(leases.remove(piece as PieceIndex)?.blockCount, isThere ? piece : undefined);
        if (isThere) continue;
        leases.add(lease(piece), piece);
        expected.add(piece);
      }
      t.deepEqual(piecesOf(leases), [...expected]);
      t.is(leases.size, expected.size);
      t.true(piecesOf(leases).every((piece) => leases.has(piece as PieceIndex)));
    }),
    { numRuns: 50 },
  );
});

test("a walk passes leases that are removed meanwhile, and the order stays short", (t) => {
  const leases = new WaitingLeases();
  for (let piece = 0; piece < 1_000; piece++) leases.add(lease(piece), 1);
  const walked: number[] = [];
  for (const { lease: each } of leases) {
    walked.push(each.piece);
    leases.remove(each.piece);
    leases.remove((each.piece + 1) as PieceIndex);
  }
  t.deepEqual(
    walked,
    Array.from({ length: 500 }, (_, index) => 2 * index),
  );
  t.is(leases.size, 0);
  t.is(
    leases.find(() => true),
    undefined,
  );
  leases.add(lease(7), 1);
  leases.add(lease(4), 1);
  t.deepEqual(piecesOf(leases), [7, 4]);
  t.is(leases.find((piece) => piece < 7)?.lease.piece, 4 as PieceIndex);
});
