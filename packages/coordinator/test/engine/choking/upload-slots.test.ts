import test from "ava";
import fc from "fast-check";
import { evenWeight, torrentWeight, type UploadSlots } from "@troupe/messages";
import { slotLevels, slotsByRate } from "../../../src/engine/choking/upload-slots.ts";
import {
  slotsAt,
  slotsOf as slotsFor,
  type SlotLevel,
} from "../../../src/torrent/choking/slot-level.ts";

const slotLevel = (option: UploadSlots, demands: Demands): SlotLevel =>
  slotLevels(option, demands, () => undefined).level;
const unused = { rates: [], fresh: 0 };
const wanting = (...wanted: number[]) =>
  wanted.map((count) => ({ weight: evenWeight, wanted: count, use: unused }));

type Demands = ReturnType<typeof wanting>;

const slotsPerTorrent = (option: UploadSlots, demands: Demands): number =>
  slotsAt(slotLevel(option, demands), evenWeight);

/** The slots of torrents with these weights, which want so many. */
function slotsOf(option: UploadSlots, torrents: readonly (readonly [number, number])[]): number[] {
  const demands = torrents.map(([weight, wanted]) => ({
    weight: torrentWeight(weight),
    wanted,
    use: unused,
  }));
  const level = slotLevel(option, demands);
  return demands.map(({ weight }) => slotsAt(level, weight));
}

test("F07: by rate there are at least 20 slots in all and four a torrent", (t) => {
  t.is(slotsPerTorrent("rate", []), 20);
  t.is(slotsPerTorrent("rate", wanting(50)), 20);
  t.is(slotsPerTorrent("rate", wanting(50, 50)), 10);
  t.is(slotsPerTorrent("rate", wanting(50, 2)), 18, "two are enough for the other torrent");
  t.is(slotsPerTorrent("rate", wanting(...Array.from({ length: 50 }, () => 9))), 4);
});

test("F07: torrents share a fixed number of slots, and each has at least one", (t) => {
  t.is(slotsPerTorrent(8, wanting(50, 50)), 4);
  t.is(slotsPerTorrent(8, wanting(50)), 8);
  t.is(slotsPerTorrent(2, wanting(5, 5, 5)), 1);
  t.is(slotsPerTorrent("all", wanting(5, 500)), Infinity);
});

test("by rate, each further slot must carry 2 kB/s more than the last", (t) => {
  t.is(
    slotsByRate([{ rates: [2_000, 8_000, 5_000], fresh: 0 }]),
    3,
    "two are enough, and one more",
  );
  t.is(
    slotsByRate([
      { rates: [8_000], fresh: 0 },
      { rates: [4_000, 1_000], fresh: 0 },
    ]),
    3,
  );
  t.is(slotsByRate([{ rates: [1_000, 1_000, 1_000], fresh: 0 }]), 1);
  t.is(
    slotsByRate([{ rates: [1_000], fresh: 5 }]),
    6,
    "slots that were given in the last seconds are not judged",
  );
});

test("while every slot carries enough, there are as many slots as would carry enough with equal shares", (t) => {
  const rates = Array.from({ length: 20 }, () => 1_000_000);
  t.is(slotsByRate([{ rates, fresh: 0 }]), 100);
  t.is(slotsByRate([{ rates: [4_000, 4_000], fresh: 0 }]), 3);
});

test("heavier torrents give more slots, as their weights say", (t) => {
  t.deepEqual(
    slotsOf(20, [
      [1, 50],
      [1, 50],
    ]),
    [10, 10],
  );
  t.deepEqual(
    slotsOf(21, [
      [2, 50],
      [1, 50],
    ]),
    [14, 7],
  );
  t.deepEqual(
    slotsOf(22, [
      [8, 50],
      [2, 50],
      [1, 50],
    ]),
    [16, 4, 2],
  );
  t.deepEqual(
    slotsOf(20, [
      [8, 2],
      [1, 50],
    ]).at(1),
    18,
    "two are enough for the other torrent",
  );
});

test("a light torrent gives four slots by rate, and the others share the rest", (t) => {
  t.deepEqual(
    slotsOf("rate", [
      [8, 50],
      [1, 50],
    ]),
    [16, 4],
  );
  t.deepEqual(
    slotsOf("rate", [
      [8, 50],
      [2, 50],
      [1, 50],
    ]),
    [12, 4, 4],
  );
  t.deepEqual(
    slotsOf("rate", [
      [8, 50],
      [1, 2],
    ]).at(0),
    18,
  );
});

/** The slots of each torrent when all weigh 1, as they were before there were weights. */
function evenLevel(total: number, least: number, wanted: readonly number[]): number {
  const ascending = wanted.toSorted((a, b) => a - b);
  let left = total;
  for (const [index, count] of ascending.entries()) {
    const level = Math.floor(left / (ascending.length - index));
    if (count > level) return Math.max(least, level);
    left -= count;
  }
  return Math.max(least, total);
}

const anyWanted = fc.integer({ min: 1, max: 60 });

test("torrents of weight 1 share slots equally", (t) => {
  const property = fc.property(
    fc.integer({ min: 0, max: 300 }),
    fc.array(anyWanted, { maxLength: 30 }),
    (total, wanted) => {
      t.is(slotsPerTorrent(total, wanting(...wanted)), evenLevel(total, 1, wanted));
      t.is(slotsPerTorrent("rate", wanting(...wanted)), evenLevel(20, 4, wanted));
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});

test("with any weights every torrent gives a slot, and all together stay within the option", (t) => {
  const anyTorrent = fc.tuple(fc.constantFrom(1 / 64, 0.5, 1, 2, 3, 8, 64), anyWanted);
  const property = fc.property(
    fc.integer({ min: 0, max: 300 }),
    fc.array(anyTorrent, { maxLength: 30 }),
    (total, torrents) => {
      const slots = slotsOf(total, torrents);
      const given = slots.map((count, at) => Math.min(count, torrents[at]?.[1] ?? 0));
      const sum = given.reduce((all, count) => all + count, 0);
      t.true(slots.every((count) => count >= 1));
      t.true(sum <= Math.max(total, torrents.length), `${sum} of ${total}`);
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});

test("L09: torrents of a group stay within its slots, by their weights, and the others share the rest", (t) => {
  const demands = [
    { group: "films", weight: torrentWeight(2), wanted: 50, use: unused },
    { group: "films", weight: torrentWeight(1), wanted: 50, use: unused },
    { group: "books", weight: torrentWeight(1), wanted: 50, use: unused },
    { weight: torrentWeight(1), wanted: 50, use: unused },
  ];
  const slotsWith = (option: UploadSlots, bounds: Readonly<Record<string, number>>): number[] => {
    const levels = slotLevels(option, demands, (group) => bounds[group]);
    return demands.map((demand) => slotsFor(levels, demand));
  };
  t.deepEqual(slotsWith(20, {}), [8, 4, 4, 4]);
  t.deepEqual(slotsWith(20, { films: 6 }), [4, 2, 7, 7]);
  t.deepEqual(slotsWith(20, { films: 6, books: 1 }), [4, 2, 1, 13]);
  t.deepEqual(slotsWith(20, { films: 100 }), [8, 4, 4, 4]);
  t.deepEqual(slotsWith(20, { films: 1 }), [1, 1, 9, 9], "at least one a torrent");
  t.deepEqual(slotsWith("all", { films: 3 }), [2, 1, Infinity, Infinity]);
  t.deepEqual(slotsWith("rate", { books: 1 }), [9, 4, 1, 4]);
});

test("L09: with any bounds of groups all torrents together stay within the option", (t) => {
  const anyTorrent = fc.record({
    group: fc.constantFrom("a", "b", undefined),
    weight: fc.constantFrom(0.5, 1, 2).map(torrentWeight),
    wanted: anyWanted,
    use: fc.constant(unused),
  });
  const property = fc.property(
    fc.integer({ min: 0, max: 300 }),
    fc.array(anyTorrent, { maxLength: 30 }),
    fc.record({ a: fc.integer({ min: 1, max: 50 }), b: fc.integer({ min: 1, max: 50 }) }),
    (total, torrents, bounds) => {
      const levels = slotLevels(total, torrents, (group) => bounds[group as "a" | "b"]);
      const given = torrents.map((each) => Math.min(each.wanted, slotsFor(levels, each)));
      const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
      t.true(given.every((count) => count >= 1));
      t.true(sum(given) <= Math.max(total, torrents.length), `${sum(given)} of ${total}`);
      for (const name of ["a", "b"] as const) {
        const members = given.filter((_, at) => torrents[at]?.group === name);
        t.true(sum(members) <= Math.max(bounds[name], members.length), name);
      }
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});

test("L09: the group of a torrent is read a fixed number of times, however many groups have a bound", (t) => {
  let reads = 0;
  const names = Array.from({ length: 50 }, (_, at) => `group ${at}`);
  const demands = names.flatMap((name) =>
    Array.from({ length: 20 }, () => ({
      get group() {
        reads++;
        return name;
      },
      ...{ weight: evenWeight, wanted: 4, use: unused },
    })),
  );
  const { groups } = slotLevels("all", demands, () => 30);
  t.is(groups.size, names.length);
  t.true(reads <= 3 * demands.length, `${reads} reads for ${demands.length} torrents`);
});
