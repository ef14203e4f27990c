import test from "ava";
import fc from "fast-check";
import { availabilityOf } from "../../../src/torrent/report/availability.ts";
import { counts, ledgerFrom } from "../../support/diagrams.ts";

test("L22: copies are those of the rarest pieces, and the share of the pieces with more", (t) => {
  t.is(availabilityOf(ledgerFrom("...."), []), 0);
  t.is(availabilityOf(ledgerFrom("####"), []), 1);
  t.is(availabilityOf(ledgerFrom("#..."), [counts("1210"), counts("0001")]), 1.5);
  t.is(availabilityOf(ledgerFrom("...."), [counts("3333")]), 3);
});

test("L22: the copies are exact against bitmaps of all peers", (t) => {
  const bitmap = (length: number) =>
    fc.array(fc.boolean(), { minLength: length, maxLength: length });
  const swarm = fc
    .integer({ min: 1, max: 40 })
    .chain((length) => fc.tuple(bitmap(length), fc.array(bitmap(length), { maxLength: 9 })));
  const property = fc.property(swarm, ([own, peers]) => {
    const copies = own.map((_, piece) => [own, ...peers].filter((has) => has[piece]).length);
    const rarest = Math.min(...copies);
    const more = copies.filter((count) => count > rarest).length;
    const ledger = ledgerFrom(own.map((has) => (has ? "#" : ".")).join(""));
    const table = Uint16Array.from(own, (_, piece) => peers.filter((has) => has[piece]).length);
    return availabilityOf(ledger, [table]) === rarest + more / own.length;
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});
