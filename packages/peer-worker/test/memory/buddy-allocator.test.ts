import test from "ava";
import fc from "fast-check";

import { BuddyAllocator } from "../../src/memory/buddy-allocator.ts";

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

test("freed adjacent extents become one extent again", (t) => {
  const slab = new BuddyAllocator(0, 8 * unit, unit);
  const offsets = Array.from({ length: 8 }, () => slab.allocate(unit));
  for (const offset of offsets.toReversed()) slab.free(offset);
  t.is(slab.allocate(8 * unit), 0);
});

test("a region of less than a unit has no extent", (t) => {
  const slab = new BuddyAllocator(0, unit - 1, unit);
  t.is(slab.totalBytes, 0);
  t.is(slab.allocate(1), -1);
});

test("freeing an extent that was not allocated is refused", (t) => {
  const slab = new BuddyAllocator(0, 8 * unit, unit);
  const offset = slab.allocate(2 * unit);
  t.throws(() => slab.free(offset + unit), { message: /^bug: / });
  t.throws(() => slab.free(4 * unit), { message: /^bug: / });
  t.throws(() => slab.free(offset + 1), { message: /^bug: / });
  slab.free(offset);
  t.throws(() => slab.free(offset), { message: /^bug: / });
});

test("after any allocations, extents never overlap and all memory is freed", (t) => {
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

test("extents freed in the reserved area become one extent for the holder of the reservation", (t) => {
  const slab = new BuddyAllocator(1_000, 8 * unit, unit);
  const offsets = Array.from({ length: 8 }, () => slab.allocate(unit));
  for (const at of [0, 5, 6]) slab.free(offsets[at] ?? 0);
  t.true(slab.reserve(4 * unit));
  t.is(slab.reservedInUseBytes, 2 * unit);
  t.is(slab.freeBytes, 3 * unit, "what is free there is still free");
  t.deepEqual(
    offsets.map((offset) => slab.isReserved(offset)),
    [false, false, false, false, true, true, true, true],
  );
  t.is(slab.allocate(unit), offsets[0] ?? -1);
  t.is(slab.allocate(unit), -1);
  slab.free(offsets[4] ?? 0);
  t.is(slab.allocateReserved(4 * unit), -1, "not all of it is free");
  slab.free(offsets[7] ?? 0);
  t.is(slab.allocateReserved(2 * unit), -1, "it is of another size");
  t.is(slab.allocateReserved(4 * unit), offsets[4] ?? -1);
  t.is(slab.freeBytes, 0);
  t.is(slab.reservedInUseBytes, undefined);
});

test("when a reservation ends, free extents of the area are allocated again", (t) => {
  const slab = new BuddyAllocator(0, 8 * unit, unit);
  const offsets = Array.from({ length: 8 }, () => slab.allocate(unit));
  slab.reserve(8 * unit);
  for (const at of [0, 1, 2, 3, 6]) slab.free(offsets[at] ?? 0);
  slab.endReservation();
  t.is(slab.allocate(4 * unit), 0);
  t.is(slab.allocate(unit), 6 * unit);
  t.is(slab.allocate(unit), -1);
});

test("an extent of the reserved area cannot be freed twice", (t) => {
  const slab = new BuddyAllocator(0, 2 * unit, unit);
  const offset = slab.allocate(unit);
  slab.allocate(unit);
  slab.reserve(2 * unit);
  slab.free(offset);
  t.throws(() => slab.free(offset), { message: /^bug: / });
});

test("no area is reserved that is larger than the memory, or that one extent fills", (t) => {
  const slab = new BuddyAllocator(0, 4 * unit, unit);
  t.false(slab.reserve(8 * unit));
  slab.allocate(4 * unit);
  t.false(slab.reserve(4 * unit));
  t.false(slab.reserve(2 * unit));
});

test("of equally used areas another one is reserved the next time", (t) => {
  const slab = new BuddyAllocator(0, 4 * unit, unit);
  const offsets = Array.from({ length: 4 }, () => slab.allocate(unit));
  const reserved = Array.from({ length: 3 }, () => {
    slab.reserve(2 * unit);
    return offsets.findIndex((offset) => slab.isReserved(offset));
  });
  t.deepEqual(reserved, [0, 2, 0]);
});

test("with reservations too, extents never overlap and all memory is freed", (t) => {
  const step = fc.record({
    kind: fc.constantFrom("allocate", "allocate", "free", "free", "reserve", "take", "end"),
    units: fc.integer({ min: 1, max: 16 }),
    at: fc.nat(100),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(step, { maxLength: 200 }),
      (units, steps) => {
        const slab = new BuddyAllocator(0, units * unit, unit);
        const held = new Map<number, number>();
        const hold = (offset: number, bytes: number): void => {
          if (offset < 0) return;
          const end = offset + slab.extentBytes(bytes);
          for (const [other, length] of held) {
            if (offset < other + length && other < end) throw new Error("extents overlap");
          }
          if (end > units * unit) throw new Error("an extent ends behind the memory");
          held.set(offset, end - offset);
        };
        for (const { kind, units: wanted, at } of steps) {
          const bytes = wanted * unit;
          if (kind === "allocate") hold(slab.allocate(bytes), bytes);
          else if (kind === "take") hold(slab.allocateReserved(bytes), bytes);
          else if (kind === "reserve") slab.reserve(bytes);
          else if (kind === "end") slab.endReservation();
          else {
            const offset = [...held.keys()][at % Math.max(1, held.size)];
            if (offset === undefined) continue;
            slab.free(offset);
            held.delete(offset);
          }
          const heldBytes = [...held.values()].reduce((sum, length) => sum + length, 0);
          if (slab.freeBytes !== slab.totalBytes - heldBytes) return false;
        }
        for (const offset of held.keys()) slab.free(offset);
        slab.endReservation();
        const largest = 2 ** Math.floor(Math.log2(units));
        return slab.freeBytes === slab.totalBytes && slab.allocate(largest * unit) === 0;
      },
    ),
    { numRuns: 300 },
  );
  t.pass();
});
