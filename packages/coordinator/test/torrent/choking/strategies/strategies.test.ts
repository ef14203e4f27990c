import test from "ava";
import type { ChokingPeer } from "../../../../src/torrent/choking/strategies/choking-strategy.ts";
import { fastestUpload } from "../../../../src/torrent/choking/strategies/fastest-upload.ts";
import { roundRobin } from "../../../../src/torrent/choking/strategies/round-robin.ts";
import { titForTat } from "../../../../src/torrent/choking/strategies/tit-for-tat.ts";

function peer(subscriber: string, over: Partial<ChokingPeer> = {}): ChokingPeer {
  return {
    key: {},
    subscriber,
    isSnubbed: false,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    slot: undefined,
    lastSlotMs: -Infinity,
    isResting: false,
    ...over,
  };
}

const names = (peers: readonly ChokingPeer[]): string =>
  peers.map(({ subscriber }) => subscriber).join("");

test("F06: tit-for-tat ranks peers by the rate at which they give, without peers that give little or snub us", (t) => {
  const peers = [
    peer("a", { downBytesPerSecond: 1 }),
    peer("b"),
    peer("c", { downBytesPerSecond: 3 }),
    peer("d", { downBytesPerSecond: 9, isSnubbed: true }),
    peer("e", { downBytesPerSecond: 8, isResting: true }),
    peer("f", { downBytesPerSecond: 2 }),
    peer("g", { downBytesPerSecond: 0.1 }),
  ];
  t.is(names(titForTat.rank(peers, 0)), "cfa");
});

test("tit-for-tat leaves one slot, and slots that no peer earns, to optimistic unchokes", (t) => {
  t.is(titForTat.optimisticSlots(20, 30), 1);
  t.is(titForTat.optimisticSlots(20, 3), 17);
  t.is(titForTat.optimisticSlots(2, 0), 2);
  t.is(titForTat.optimisticSlots(1, 0), 1);
  t.is(titForTat.optimisticSlots(1, 1), 0);
});

test("F07: fastest-upload ranks peers by the rate at which they take, and leaves the other slots to optimistic unchokes", (t) => {
  const peers = [
    peer("a", { upBytesPerSecond: 1 }),
    peer("b"),
    peer("c", { upBytesPerSecond: 3 }),
    peer("d", { upBytesPerSecond: 2, isResting: true }),
  ];
  t.is(names(fastestUpload.rank(peers, 0)), "ca");
  t.is(fastestUpload.optimisticSlots(4, 2), 2);
  t.is(fastestUpload.optimisticSlots(4, 9), 1);
});

test("F07: round-robin turns last 20 pieces or a minute, then the peer that has waited longest is first", (t) => {
  const held = (sinceMs: number, sentBytes: number) => ({ slot: { sinceMs, sentBytes } });
  const peers = [
    peer("a", { lastSlotMs: 5 }),
    peer("b", held(40_001, 0)),
    peer("c", { lastSlotMs: 3 }),
    peer("d", held(40_000, 0)),
    peer("e", held(90_000, 20_000)),
    peer("f", held(90_000, 19_999)),
    peer("g"),
  ];
  t.is(names(roundRobin(1_000).rank(peers, 100_000)), "fbgcaed");
});
