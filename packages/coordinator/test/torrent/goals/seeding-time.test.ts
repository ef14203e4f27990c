import test from "ava";
import {
  neverSeeded,
  seedingAfter,
  seedingEnded,
  type SeedingLook,
} from "../../../src/torrent/goals/seeding-time.ts";

/** The seeding after looks at these times: `[nowMs, uploadedBytes]`, or a pause. */
function after(...looks: readonly (readonly [nowMs: number, uploadedBytes: number] | "pause")[]) {
  return looks.reduce((seeding, look) => {
    if (look === "pause") return seedingEnded(seeding);
    const [nowMs, uploadedBytes] = look;
    const seen: SeedingLook = { nowMs, uploadedBytes, isSeeding: true };
    return seedingAfter(seeding, seen);
  }, neverSeeded);
}

test("time counts between two looks at a torrent that seeds", (t) => {
  t.is(after([5_000, 0]).seedMs, 0);
  t.is(after([5_000, 0], [6_000, 0], [8_500, 0]).seedMs, 3_500);
});

test("time without seeding does not count", (t) => {
  t.is(after([1_000, 0], [2_000, 0], "pause", [9_000, 0], [9_500, 0]).seedMs, 1_500);
  const paused = seedingAfter(after([1_000, 0], [2_000, 0]), {
    nowMs: 7_000,
    uploadedBytes: 0,
    isSeeding: false,
  });
  t.like(paused, { seedMs: 1_000, lookedAtMs: undefined });
});

test("a torrent is idle since its last upload, or since it began to seed", (t) => {
  t.is(after([1_000, 50], [2_000, 50], [3_000, 50]).activeAtMs, 1_000);
  t.is(after([1_000, 50], [2_000, 60], [3_000, 60]).activeAtMs, 2_000);
  t.is(after([1_000, 50], [2_000, 50], "pause", [9_000, 50]).activeAtMs, 9_000);
});
