import test from "ava";

import { PeerChoke } from "../../src/choke/peer-choke.ts";

test("the first requests after an unchoke answer it", (t) => {
  const choke = new PeerChoke();
  t.true(choke.hasAnsweredUnchoke, "the peer has not unchoked us yet");
  choke.noteUnchoke();
  t.false(choke.hasAnsweredUnchoke);
  choke.answerUnchoke(1_000);
  choke.answerUnchoke(2_000);
  t.true(choke.hasAnsweredUnchoke);
  t.is(choke.unchokeAnsweredMs, 1_000);
});

test("requests that cross a choke are counted", (t) => {
  const choke = new PeerChoke();
  t.deepEqual([choke.countCrossed(), choke.countCrossed()], [1, 2]);
});
