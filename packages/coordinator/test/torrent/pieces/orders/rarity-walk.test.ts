import test from "ava";
import { RarityWalk } from "../../../../src/torrent/pieces/orders/rarity-walk.ts";
import { piece } from "../../../support/diagrams.ts";
import { countingLedger } from "../../../support/picker-swarm.ts";

test("each leased piece is passed once, however many walks there are", (t) => {
  const looks = { count: 0 };
  const ledger = countingLedger(10_000, looks);
  const walk = new RarityWalk(ledger, {
    pieces: Uint32Array.from({ length: 10_000 }, (_, at) => at),
    topCount: 10_000,
  });
  // The first piece stays: the pieces behind it are leased one after the other.
  for (let round = 1; round < 10_000; round++) {
    t.is(walk.next(0), 0);
    const place = walk.next(1);
    t.is(place, round);
    ledger.grant(piece(place), 0, 0);
  }
  t.is(walk.next(1), 10_000);
  t.true(looks.count < 5 * 10_000, `${looks.count} looks`);
});
