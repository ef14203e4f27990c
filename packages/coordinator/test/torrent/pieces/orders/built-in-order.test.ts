import test from "ava";
import { builtInOrder } from "../../../../src/torrent/pieces/orders/built-in-order.ts";
import { EndsFirst } from "../../../../src/torrent/pieces/orders/ends-first.ts";
import { RarestFirst } from "../../../../src/torrent/pieces/orders/rarest-first.ts";
import { Sequential } from "../../../../src/torrent/pieces/orders/sequential.ts";
import { chosenRandom } from "../../../support/chosen-random.ts";
import { ledgerFrom, piece } from "../../../support/diagrams.ts";

test("settings choose the order of pieces; by default the rarest come first", (t) => {
  const [ledger, random] = [ledgerFrom("...."), chosenRandom(0)];
  t.true(builtInOrder(ledger, random, {}) instanceof RarestFirst);
  t.true(builtInOrder(ledger, random, { isSequential: true }) instanceof Sequential);
  t.true(builtInOrder(ledger, random, { ends: [piece(1)] }) instanceof EndsFirst);
});
