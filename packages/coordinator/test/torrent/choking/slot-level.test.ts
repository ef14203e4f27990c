import test from "ava";
import { torrentWeight } from "@troupe/messages";
import { slotsAt, type SlotLevel } from "../../../src/torrent/choking/slot-level.ts";

const level: SlotLevel = { least: 2, most: 12, slots: 22, weight: 11 };

test("a torrent gives whole slots by its weight, between the least and the most", (t) => {
  const slots = [1 / 64, 1, 2, 3.3, 8].map((weight) => slotsAt(level, torrentWeight(weight)));
  t.deepEqual(slots, [2, 2, 4, 6, 12]);
});
