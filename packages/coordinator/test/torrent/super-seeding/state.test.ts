import test from "ava";
import { SuperSeed, type SuperSeedEvent } from "../../../src/torrent/super-seeding/state.ts";

const seed: SuperSeedEvent = { event: "looked", isSeed: true };
const leecher: SuperSeedEvent = { event: "looked", isSeed: false };
const otherSeed: SuperSeedEvent = { event: "other-seed-seen" };
const on: SuperSeedEvent = { event: "chosen", isWanted: true };
const off: SuperSeedEvent = { event: "chosen", isWanted: false };

/** The states after these events: `-` off, `w` waiting, `+` on. */
function statesAfter(isWanted: boolean, ...events: readonly SuperSeedEvent[]): string {
  const superSeed = new SuperSeed(isWanted);
  return events
    .map((event) => {
      superSeed.handle(event);
      if (superSeed.isOn) return "+";
      return superSeed.isWanted ? "w" : "-";
    })
    .join("");
}

test("B08: super-seeding waits for the last piece, and ends with another seed or by the user", (t) => {
  t.is(statesAfter(false, seed, on, seed), "-w+");
  t.is(statesAfter(true, leecher, seed, otherSeed, seed), "w+--");
  t.is(statesAfter(true, seed, off, seed, on, leecher), "+--ww");
});

test("B08: a seed before the last piece does not end the wait", (t) => {
  t.is(statesAfter(true, otherSeed, leecher, seed), "ww+");
  t.is(statesAfter(true, seed, on), "++");
});

test("B08: a super-seed that loses a piece waits for it, and begins anew", (t) => {
  const superSeed = new SuperSeed(true);
  t.true(superSeed.handle(seed));
  t.true(superSeed.handle(leecher));
  t.false(superSeed.handle(leecher));
  t.false(superSeed.isOn);
  t.true(superSeed.handle(seed));
  t.true(superSeed.isOn);
});
