import test from "ava";
import { slotsByRate, slotsPerTorrent } from "../../../src/engine/choking/upload-slots.ts";

const unused = { rates: [], fresh: 0 };
const wanting = (...wanted: number[]) => wanted.map((count) => ({ wanted: count, use: unused }));

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
