import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";

import { FastRejects } from "../../../src/session/fast/fast-rejects.ts";

const piece = 3 as PieceIndex;

test("a peer that rejects is asked nothing for 1 s, and the piece of others for 30 s", (t) => {
  const rejects = new FastRejects();
  t.true(rejects.mayRequest(0));
  rejects.add(piece, 0, 0);
  t.false(rejects.mayRequest(999));
  t.true(rejects.mayRequest(1_000));
  rejects.tick(29_999);
  t.true(rejects.has(piece));
  rejects.tick(30_000);
  t.false(rejects.has(piece));
});
