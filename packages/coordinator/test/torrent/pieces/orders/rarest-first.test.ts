import test from "ava";
import { loneWorker } from "../../../support/lone-worker.ts";
import { setBit } from "@troupe/protocol/peer";
import {
  mostMisses,
  RarestFirst,
  comparedPieces,
} from "../../../../src/torrent/pieces/orders/rarest-first.ts";
import { slicePieces } from "../../../../src/torrent/pieces/orders/rarity-sort.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";
import { chosenRandom } from "../../../support/chosen-random.ts";
import { ledgerFrom, piece } from "../../../support/diagrams.ts";
import { countingLedger, countingTable, PickerSwarm } from "../../../support/picker-swarm.ts";

/** A bitfield of 2,000 pieces. */
function bitsOf(...pieces: readonly number[]): Uint8Array {
  const bits = new Uint8Array(250);
  for (const each of pieces) setBit(bits, each);
  return bits;
}

test("EX12: of 100,000 pieces a pick looks at 200 at most in the mean, and so does an answer that there is nothing", (t) => {
  const swarm = new PickerSwarm(100_000, 100, true);
  const mean = { picks: 0, looks: 0 };
  const nothing = { picks: 0, looks: 0 };
  while (swarm.ledger.pickable.count > 0) {
    swarm.sort();
    for (let pick = 0; pick < 3000; pick++) {
      const before = swarm.looks.count;
      if (swarm.download(swarm.anyPeer(), 8) === 0) continue;
      mean.looks += swarm.looks.count - before;
      mean.picks++;
    }
    swarm.finish();
    for (const share of [0.01, 0.5]) {
      const peer = swarm.peerWithoutNews(share);
      const before = swarm.looks.count;
      t.true(swarm.askForNothing(peer, 8));
      nothing.looks += swarm.looks.count - before;
      nothing.picks++;
    }
    swarm.nowMs += 1000;
  }
  t.true(mean.looks / mean.picks <= 200, `${mean.looks / mean.picks} looks`);
  t.true(nothing.looks / nothing.picks <= 200, `${nothing.looks / nothing.picks} looks`);
});

test("no pick among two million pieces looks at more than a slice of the sort and what it needs itself", (t) => {
  const looks = { count: 0 };
  const pieceCount = 2 ** 21;
  const ledger = countingLedger(pieceCount, looks);
  const table = countingTable(new Uint16Array(pieceCount).fill(1), looks);
  const order = new RarestFirst(ledger, seededRandom(1));
  const peerHas = new Uint8Array(pieceCount / 8).fill(0xff);
  let most = 0;
  for (let pick = 0; pick < (2 * pieceCount) / slicePieces; pick++) {
    const before = looks.count;
    order.pick({ peerHas, count: 1, availability: [table], nowMs: 0, ...loneWorker });
    most = Math.max(most, looks.count - before);
  }
  t.true(looks.count >= pieceCount, "sorted");
  t.true(most <= slicePieces + mostMisses + comparedPieces, `${most} looks`);
});

test("before the first sort has ended, a peer gets the rarest of some of its pieces", (t) => {
  const pieceCount = 3 * slicePieces;
  const ledger = ledgerFrom("####" + ".".repeat(pieceCount - 4));
  const table = new Uint16Array(pieceCount).fill(5);
  table[6000] = 2;
  const order = new RarestFirst(ledger, chosenRandom(0, 5990));
  const peerHas = new Uint8Array(pieceCount / 8).fill(0xff);
  t.deepEqual(order.pick({ peerHas, count: 1, availability: [table], nowMs: 0, ...loneWorker }), [
    piece(6000),
  ]);
});

test("a peer that has none of the rarest pieces gets the highest priority, then the rarest, of what it has", (t) => {
  const ledger = ledgerFrom("####" + ".".repeat(1996));
  const table = new Uint16Array(2000).fill(1).fill(9, 1900);
  table[1950] = 3;
  ledger.setPriority(piece(1999), 2);
  const order = new RarestFirst(ledger, seededRandom(1));
  const peerHas = bitsOf(1920, 1950, 1999);
  const picked = order.pick({ peerHas, count: 3, availability: [table], nowMs: 0, ...loneWorker });
  t.deepEqual(picked.map(Number), [1999, 1950, 1920]);
});

test("pieces that no peer has do not displace rare ones", (t) => {
  const ledger = ledgerFrom("####" + ".".repeat(1996));
  const table = new Uint16Array(2000).fill(2, 1000);
  table[1500] = 1;
  const order = new RarestFirst(ledger, seededRandom(1));
  const peerHas = new Uint8Array(250).fill(0xff, 125);
  t.deepEqual(order.pick({ peerHas, count: 1, availability: [table], nowMs: 0, ...loneWorker }), [
    piece(1500),
  ]);
});

test("of many returned pieces the peer gets one that it has, before the next sort", (t) => {
  const ledger = ledgerFrom("####" + ".".repeat(1996));
  const table = new Uint16Array(2000).fill(1);
  const order = new RarestFirst(ledger, seededRandom(1));
  const pick = (peerHas: Uint8Array) =>
    order.pick({ peerHas, count: 2000, availability: [table], nowMs: 0, ...loneWorker });
  for (const each of pick(new Uint8Array(250).fill(0xff))) ledger.grant(each, 0, 0);
  for (let index = 500; index < 1500; index++) {
    ledger.release(piece(index));
    order.putBack(piece(index));
  }
  t.deepEqual(pick(bitsOf(3, 1400)), [piece(1400)]);
});

test("a peer with few pieces of the highest priority gets them before pieces of a lower one", (t) => {
  const ledger = ledgerFrom("####" + ".".repeat(1996));
  for (let index = 4; index < 1000; index++) ledger.setPriority(piece(index), 1000);
  const table = new Uint16Array(2000).fill(1);
  const order = new RarestFirst(ledger, chosenRandom(0, 1990));
  const peerHas = new Uint8Array(250).fill(0xff, 125);
  setBit(peerHas, 900);
  t.deepEqual(order.pick({ peerHas, count: 1, availability: [table], nowMs: 0, ...loneWorker }), [
    piece(900),
  ]);
});
