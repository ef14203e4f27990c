import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { PiecesInMemory } from "../../src/upload/pieces-in-memory.ts";

const [one, other] = [1 as PeerRowIndex, 2 as PeerRowIndex];

test("E13: the last eight pieces read for other peers are in memory, for ten seconds", (t) => {
  const pieces = new PiecesInMemory();
  for (let piece = 0; piece < 10; piece++) pieces.note(piece as PieceIndex, one, piece);
  t.deepEqual(pieces.readForOthers(one, 10), []);
  t.deepEqual(pieces.readForOthers(other, 10), [9, 8, 7, 6, 5, 4, 3, 2] as PieceIndex[]);
  t.deepEqual(pieces.readForOthers(other, 10_007), [9, 8] as PieceIndex[]);
});

test("E13: a piece that is read again stays, and is suggested to none of its readers", (t) => {
  const pieces = new PiecesInMemory();
  pieces.note(0 as PieceIndex, one, 0);
  for (let piece = 1; piece < 8; piece++) pieces.note(piece as PieceIndex, one, piece);
  pieces.note(0 as PieceIndex, other, 8);
  pieces.note(8 as PieceIndex, one, 9);
  const third = 3 as PeerRowIndex;
  t.deepEqual(pieces.readForOthers(third, 10), [8, 0, 7, 6, 5, 4, 3, 2] as PieceIndex[]);
  t.false(pieces.readForOthers(other, 10).includes(0 as PieceIndex));
});
