import test from "ava";
import { mostRemembered, SlotMemory } from "../../../src/torrent/choking/slot-memory.ts";

test("rests double with each unpaid slot, up to an hour, and end with a payment", (t) => {
  const memory = new SlotMemory();
  const rests: number[] = [];
  for (let count = 0; count < 6; count++) {
    memory.noteUnpaid("a", 30_000, 0);
    let restMs = 0;
    while (memory.isResting("a", restMs, true)) restMs += 60_000;
    rests.push(restMs / 60_000);
  }
  t.deepEqual(rests, [10, 20, 40, 60, 60, 60]);
  memory.notePaid("a");
  t.false(memory.isResting("a", 0, true));
  memory.noteUnpaid("a", 30_000, 0);
  t.false(memory.isResting("a", 600_000, true));
});

test("a peer rests for 30 s after an unused slot", (t) => {
  const memory = new SlotMemory();
  memory.noteUnused("a", 1_000);
  t.true(memory.isResting("a", 30_999, false));
  t.false(memory.isResting("a", 31_000, false));
});

test("unpaid slots that end early count together", (t) => {
  const memory = new SlotMemory();
  memory.noteUnpaid("a", 15_000, 0);
  t.false(memory.isResting("a", 0, true));
  memory.noteUnpaid("a", 15_000, 0);
  t.true(memory.isResting("a", 0, true));
});

test("with a seed no peer rests for an unpaid slot", (t) => {
  const memory = new SlotMemory();
  memory.noteUnpaid("a", 30_000, 0);
  t.true(memory.isResting("a", 0, true));
  t.false(memory.isResting("a", 0, false));
});

test("the memory is bounded: the subscriber without a slot for the longest is forgotten", (t) => {
  const memory = new SlotMemory();
  for (let count = 0; count < mostRemembered; count++) memory.noteSlot(`${count}`, count);
  memory.noteSlot("0", 9_999);
  memory.noteSlot("further", 10_000);
  t.is(memory.size, mostRemembered);
  t.is(memory.lastSlotMs("0"), 9_999);
  t.is(memory.lastSlotMs("1"), -Infinity);
});
