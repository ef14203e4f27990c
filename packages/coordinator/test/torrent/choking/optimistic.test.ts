import test from "ava";
import { drawPeers } from "../../../src/torrent/choking/optimistic.ts";
import type { ChokingPeer } from "../../../src/torrent/choking/strategies/choking-strategy.ts";

const peer = (subscriber: string, lastSlotMs: number): ChokingPeer => ({
  key: {},
  subscriber,
  isSnubbed: false,
  downBytesPerSecond: 0,
  upBytesPerSecond: 0,
  slot: undefined,
  lastSlotMs,
  isResting: false,
});

test("a peer that never had a slot is drawn three times as often as a peer that had one", (t) => {
  const peers = [peer("old", 0), peer("new", -Infinity)];
  const lots = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100);
  const drawn = lots.map((lot) => drawPeers(peers, 1, { next: () => lot })[0]?.subscriber);
  t.is(drawn.filter((name) => name === "old").length, 25);
  t.is(drawn.filter((name) => name === "new").length, 75);
});

test("no peer is drawn twice", (t) => {
  const peers = ["a", "b", "c"].map((name) => peer(name, 0));
  const drawn = drawPeers(peers, 5, { next: () => 0.99 });
  t.deepEqual(drawn.map(({ subscriber }) => subscriber).toSorted(), ["a", "b", "c"]);
});
