import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { ReservedPieces } from "../../src/download/reserved-pieces.ts";

const piece = (index: number) => index as PieceIndex;
const row = (index: number) => index as PeerRowIndex;

test("a web seed of whole files may be asked for its own pieces, and for those that no other peer has", (t) => {
  const reserved = new ReservedPieces();
  reserved.addSeed(row(3));
  reserved.add(piece(7), row(3));
  t.true(reserved.mayAskFor(piece(7), row(3), 2, 0));
  t.false(reserved.mayAskFor(piece(8), row(3), 2, 0));
  t.true(reserved.mayAskFor(piece(8), row(3), 1, 0));
  reserved.remove(piece(7));
  t.false(reserved.mayAskFor(piece(7), row(3), 2, 0));
});

test("nothing is reserved for a peer", (t) => {
  const reserved = new ReservedPieces();
  reserved.add(piece(7), row(3));
  t.false(reserved.isKeptFrom(piece(7), row(4)));
  t.false(reserved.hasSeed(row(3)));
});

test("a web seed of whole files may be asked for all pieces after 5 s of endgame", (t) => {
  const reserved = new ReservedPieces();
  reserved.addSeed(row(3));
  reserved.setEndgame(true, 1_000);
  reserved.setEndgame(true, 3_000);
  t.false(reserved.mayAskFor(piece(8), row(3), 2, 5_999));
  t.true(reserved.mayAskFor(piece(8), row(3), 2, 6_000));
  reserved.setEndgame(false, 7_000);
  t.false(reserved.mayAskFor(piece(8), row(3), 2, 20_000));
});
