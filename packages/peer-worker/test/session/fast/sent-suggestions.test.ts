import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";

import { SentSuggestions } from "../../../src/session/fast/sent-suggestions.ts";

const nothing = (): boolean => false;

test("E13: a piece is suggested to a peer again after a minute", (t) => {
  const sent = new SentSuggestions();
  const piece = 3 as PieceIndex;
  t.true(sent.tryAdd(piece, 0, nothing));
  t.false(sent.tryAdd(piece, 59_999, nothing));
  t.true(sent.tryAdd(piece, 60_000, nothing));
});

test("E13: eight pieces are suggested to a peer, and a further piece for each suggested piece that it gets", (t) => {
  const sent = new SentSuggestions();
  const pieces = Array.from({ length: 12 }, (_, piece) => piece as PieceIndex);
  const added = pieces.filter((piece) => sent.tryAdd(piece, 0, nothing));
  t.deepEqual(added, pieces.slice(0, 8));
  const taken = new Set(pieces.slice(2, 4));
  const later = pieces.slice(8).filter((piece) => sent.tryAdd(piece, 1, (each) => taken.has(each)));
  t.deepEqual(later, pieces.slice(8, 10));
});
