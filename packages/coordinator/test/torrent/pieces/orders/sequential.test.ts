import test from "ava";
import { Sequential } from "../../../../src/torrent/pieces/orders/sequential.ts";
import { bitsOf } from "@troupe/protocol/testing";
import { ledgerFrom, piece } from "../../../support/diagrams.ts";
import { loneWorker } from "../../../support/lone-worker.ts";

function pick(order: Sequential, pieces: string, count: number): number[] {
  return order.pick({
    peerHas: bitsOf(pieces),
    count,
    availability: [],
    nowMs: 0,
    ...loneWorker,
  });
}

test("F03: pieces are picked by their index", (t) => {
  const order = new Sequential(ledgerFrom("#..#...."));
  t.deepEqual(pick(order, "########", 4), [1, 2, 4, 5]);
});

test("F03: pieces before the first one are picked last", (t) => {
  const order = new Sequential(ledgerFrom("........"), 3);
  t.deepEqual(pick(order, "########", 8), [3, 4, 5, 6, 7, 0, 1, 2]);
  t.deepEqual(pick(order, "########", 2), [3, 4]);
  const long = new Sequential(ledgerFrom(".".repeat(100)), 70);
  const picked = pick(long, "#".repeat(100), 100);
  t.deepEqual(
    picked.slice(0, 30),
    Array.from({ length: 30 }, (_, at) => 70 + at),
  );
  t.is(new Set(picked).size, 100);
});

test("priority goes before the first piece", (t) => {
  const ledger = ledgerFrom("........");
  ledger.setPriority(piece(1), 2);
  const order = new Sequential(ledger, 3);
  t.deepEqual(pick(order, "########", 8), [1, 3, 4, 5, 6, 7, 0, 2]);
});
