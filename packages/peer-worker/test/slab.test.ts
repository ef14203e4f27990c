import test from "ava";
import fc from "fast-check";

import { BuddyAllocator } from "../src/slab.ts";

const unit = 16_384;

test("an extent is the smallest power of two units that holds the length", (t) => {
  const slab = new BuddyAllocator(0, 64 * unit, unit);
  t.deepEqual(
    [1, unit, unit + 1, 2 * unit, 3 * unit, 33 * unit].map((bytes) => slab.extentBytes(bytes)),
    [unit, unit, 2 * unit, 2 * unit, 4 * unit, 64 * unit],
  );
});

test("a region that is no power of two is used to its end", (t) => {
  const slab = new BuddyAllocator(0, 11 * unit, unit);
  const offsets = [8, 2, 1].map((units) => slab.allocate(units * unit));
  t.deepEqual(offsets, [0, 8 * unit, 10 * unit]);
  t.is(slab.freeBytes, 0);
  t.is(slab.allocate(unit), -1);
});

test("offsets count from the start of the memory that the region lies in", (t) => {
  const slab = new BuddyAllocator(1_000, 2 * unit, unit);
  t.deepEqual([slab.allocate(unit), slab.allocate(unit)], [1_000, 1_000 + unit]);
});

test("freed neighbours become one extent again", (t) => {
  const slab = new BuddyAllocator(0, 8 * unit, unit);
  const offsets = Array.from({ length: 8 }, () => slab.allocate(unit));
  for (const offset of offsets.toReversed()) slab.free(offset);
  t.is(slab.allocate(8 * unit), 0);
});

test("a region of less than a unit gives out nothing", (t) => {
  const slab = new BuddyAllocator(0, unit - 1, unit);
  t.is(slab.totalBytes, 0);
  t.is(slab.allocate(1), -1);
});

test("freeing what was not given out is refused", (t) => {
  const slab = new BuddyAllocator(0, 8 * unit, unit);
  const offset = slab.allocate(2 * unit);
  t.throws(() => slab.free(offset + unit), { message: /^bug: / });
  t.throws(() => slab.free(4 * unit), { message: /^bug: / });
  t.throws(() => slab.free(offset + 1), { message: /^bug: / });
  slab.free(offset);
  t.throws(() => slab.free(offset), { message: /^bug: / });
});

test("whatever is allocated and freed, extents never overlap and all comes back", (t) => {
  const step = fc.record({ bytes: fc.integer({ min: 1, max: 20 * unit }), frees: fc.nat(9) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.array(step, { maxLength: 200 }),
      (units, steps) => {
        const slab = new BuddyAllocator(7, units * unit, unit);
        const held = new Map<number, number>();
        for (const { bytes, frees } of steps) {
          const offset = slab.allocate(bytes);
          if (offset >= 0) {
            const end = offset + slab.extentBytes(bytes);
            if (offset < 7 || end > 7 + units * unit) return false;
            for (const [other, length] of held) {
              if (offset < other + length && other < end) return false;
            }
            held.set(offset, end - offset);
          }
          for (const other of [...held.keys()].slice(0, frees)) {
            slab.free(other);
            held.delete(other);
          }
          const heldBytes = [...held.values()].reduce((sum, length) => sum + length, 0);
          if (slab.freeBytes !== slab.totalBytes - heldBytes) return false;
        }
        for (const offset of held.keys()) slab.free(offset);
        const largest = 2 ** Math.floor(Math.log2(units));
        return slab.freeBytes === slab.totalBytes && slab.allocate(largest * unit) === 7;
      },
    ),
    { numRuns: 200 },
  );
  t.pass();
});
