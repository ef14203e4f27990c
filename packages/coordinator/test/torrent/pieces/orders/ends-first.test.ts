import test from "ava";
import { EndsFirst } from "../../../../src/torrent/pieces/orders/ends-first.ts";
import { Sequential } from "../../../../src/torrent/pieces/orders/sequential.ts";
import { bitsOf } from "@troupe/protocol/testing";
import { ledgerFrom, piece } from "../../../support/diagrams.ts";
import { loneWorker } from "../../../support/lone-worker.ts";

function scene(pieces: string, ends: readonly number[]) {
  const ledger = ledgerFrom(pieces);
  const order = new EndsFirst(ledger, ends.map(piece), new Sequential(ledger));
  const pick = (peerHas: string, count: number): number[] =>
    order.pick({
      peerHas: bitsOf(peerHas),
      count,
      availability: [],
      nowMs: 0,
      ...loneWorker,
    });
  return { ledger, order, pick };
}

test("F03: the ends of files are picked before other pieces, each once", (t) => {
  const { pick } = scene("........", [3, 4, 7]);
  t.deepEqual(pick("########", 8), [3, 4, 7, 0, 1, 2, 5, 6]);
  t.deepEqual(pick("########", 2), [3, 4]);
  t.deepEqual(pick("###.#...", 8), [4, 0, 1, 2]);
});

test("an end that is had or not wanted is left out, and one that is lost comes back", (t) => {
  const { ledger, order, pick } = scene("...#.L..", [3, 4, 5, 6]);
  ledger.setPriority(piece(4), 0);
  t.deepEqual(pick("########", 8), [6, 0, 1, 2, 7]);
  ledger.release(piece(5));
  order.putBack(piece(5));
  t.deepEqual(pick("########", 8), [5, 6, 0, 1, 2, 7]);
  ledger.setPriority(piece(4), 1);
  order.forget();
  t.deepEqual(pick("########", 8), [4, 5, 6, 0, 1, 2, 7]);
});
