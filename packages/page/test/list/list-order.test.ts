import test from "ava";
import fc from "fast-check";
import { orderRows, progressOf, sortNames, type ListSort } from "../../src/list/list-order.ts";
import { hashOf, listRows } from "../support/list-rows.ts";

const all = (): boolean => true;

function ordered(rows: ReturnType<typeof listRows>, sort: ListSort): number[] {
  return orderRows(rows, all, sort, []).map((torrent) => Number.parseInt(torrent, 16));
}

test("G12 names order without case and accents, and numbers by their value", (t) => {
  const names = ["Episode 10", "episode 9", "Äpfel", "apfel 2", "Zebra"];
  const rows = listRows(...names.map((name) => ({ name })));
  t.deepEqual(ordered(rows, { by: "name", isDescending: false }), [3, 4, 2, 1, 5]);
  t.deepEqual(ordered(rows, { by: "name", isDescending: true }), [5, 1, 2, 4, 3]);
});

test("G12 torrents without a value come last in both directions, and equal ones by their adding", (t) => {
  const rows = listRows({}, { etaSeconds: 50 }, { etaSeconds: 5 }, {}, { etaSeconds: 50 });
  t.deepEqual(ordered(rows, { by: "eta", isDescending: false }), [3, 2, 5, 1, 4]);
  t.deepEqual(ordered(rows, { by: "eta", isDescending: true }), [2, 5, 3, 1, 4]);
});

test("G12 an order that begins with the one before is the order from nothing", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ downBytesPerSecond: fc.nat(5), isComplete: fc.boolean() })),
      fc.constantFrom(...sortNames),
      fc.boolean(),
      fc.array(fc.nat(20)),
      (changes, by, isDescending, numbers) => {
        const rows = listRows(...changes);
        const before = [...new Set(numbers)].map(hashOf);
        const passes = ({ isComplete }: { readonly isComplete: boolean }): boolean => !isComplete;
        const sort = { by, isDescending };
        t.deepEqual(orderRows(rows, passes, sort, before), orderRows(rows, passes, sort, []));
      },
    ),
  );
  t.pass();
});

test("G12 progress is the share of the wanted bytes; without metadata there is none", (t) => {
  t.is(progressOf({ isComplete: false, wantedBytes: 400, leftBytes: 100 }), 0.75);
  t.is(progressOf({ isComplete: false, wantedBytes: 0, leftBytes: 0 }), 0);
  t.is(progressOf({ isComplete: true, wantedBytes: 0, leftBytes: 0 }), 1);
});
