import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";

import { FastPeer } from "../../../src/session/fast/fast-peer.ts";

const piece = (index: number): PieceIndex => index as PieceIndex;

test("a choking peer is asked for the pieces that it allows, any other for all", (t) => {
  const fast = new FastPeer();
  t.false(fast.mayRequest(true, 0));
  t.true(fast.mayRequest(false, 0));
  fast.allow(piece(3));
  t.true(fast.mayRequest(true, 0));
  t.true(fast.mayAskFor(piece(3), true));
  t.false(fast.mayAskFor(piece(4), true));
  t.true(fast.mayAskFor(piece(4), false));
});

test("a choking peer that rejects an allowed piece is not asked for it again", (t) => {
  const fast = new FastPeer();
  fast.allow(piece(3));
  fast.noteReject(piece(3), true, 1_000, 0);
  t.false(fast.mayRequest(true, 100_000));
  t.true(fast.mayRequest(false, 1_000));
});

test("a peer that rejects is asked nothing for 1 s, doubling to 32 s until it sends a block", (t) => {
  const fast = new FastPeer();
  let nowMs = 0;
  const pauses: number[] = [];
  const rejectNext = (lastBlockAtMs: number): void => {
    fast.noteReject(piece(0), false, nowMs, lastBlockAtMs);
    const rejectedMs = nowMs;
    while (!fast.mayRequest(false, nowMs)) nowMs += 500;
    pauses.push(nowMs - rejectedMs);
  };
  for (let count = 0; count < 7; count++) rejectNext(0);
  rejectNext(nowMs);
  t.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 1_000]);
});

test("a rejected piece is asked of others for 30 s, or until the next unchoke", (t) => {
  const fast = new FastPeer();
  fast.noteReject(piece(3), false, 0, 0);
  t.false(fast.mayAskFor(piece(3), false));
  t.true(fast.mayAskFor(piece(4), false));
  fast.tick(29_000);
  t.false(fast.mayAskFor(piece(3), false));
  fast.tick(30_000);
  t.true(fast.mayAskFor(piece(3), false));
  fast.noteReject(piece(3), false, 30_000, 0);
  fast.unchoked();
  t.true(fast.mayAskFor(piece(3), false));
  t.true(fast.mayRequest(false, 30_000));
});

test("case 55: the first 64 allowed and suggested pieces of a connection count", (t) => {
  const fast = new FastPeer();
  const counted = Array.from({ length: 100 }, () => fast.countAllowed());
  t.deepEqual(
    counted,
    Array.from({ length: 100 }, (_, at) => at < 64),
  );
  const suggested = Array.from({ length: 100 }, () => fast.countSuggested());
  t.deepEqual(suggested, counted);
});
