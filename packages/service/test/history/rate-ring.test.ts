import test from "ava";
import fc from "fast-check";
import { RateRing, type MeasuredTime, type RateColumns } from "../../src/history/rate-ring.ts";

const shape = { slotMs: 1_000, slots: 8 };
const second = fc.record({
  atMs: fc.nat(40_000),
  lengthMs: fc.integer({ min: 1, max: 5_000 }),
  downBytes: fc.nat(1_000),
  upBytes: fc.nat(1_000),
});

test("L25: a graph shows the sums of exactly the seconds that lie in its slots", (t) => {
  const forward = fc.array(second, { maxLength: 60 });
  const check = fc.property(forward, fc.nat(60_000), (seconds, laterMs) => {
    const ring = new RateRing(shape);
    const inOrder = seconds.toSorted((one, other) => one.atMs - other.atMs);
    for (const each of inOrder) ring.add(each);
    const nowMs = (inOrder.at(-1)?.atMs ?? 0) + laterMs;
    const { beginsAt, downBytes, upBytes, measuredMs } = ring.read(nowMs);
    for (let slot = 0; slot < shape.slots; slot++) {
      const start = beginsAt + slot * shape.slotMs;
      const inSlot = seconds.filter(({ atMs }) => atMs >= start && atMs < start + shape.slotMs);
      t.is(downBytes[slot], sum(inSlot.map((each) => each.downBytes)));
      t.is(upBytes[slot], sum(inSlot.map((each) => each.upBytes)));
      t.is(measuredMs[slot], sum(inSlot.map((each) => each.lengthMs)));
    }
    t.true(nowMs >= beginsAt && nowMs < beginsAt + shape.slots * shape.slotMs + shape.slotMs);
  });
  fc.assert(check);
  t.pass();
});

test("L25: whichever way the clock steps, the last second is shown and none counts twice", (t) => {
  const check = fc.property(fc.array(second, { minLength: 1 }), (seconds) => {
    const ring = new RateRing(shape);
    for (const each of seconds) ring.add(each);
    const nowMs = seconds.at(-1)?.atMs ?? 0;
    const columns = ring.read(nowMs);
    t.true((columns.measuredMs.at(-1) ?? 0) >= (seconds.at(-1)?.lengthMs ?? Infinity));
    t.true(sum(columns.measuredMs) <= sum(seconds.map((each) => each.lengthMs)));
    t.true(sum(columns.downBytes) <= sum(seconds.map((each) => each.downBytes)));
  });
  fc.assert(check);
});

test("L25: the time in which nothing was measured is a gap, not a rate of 0", (t) => {
  const ring = new RateRing(shape);
  ring.add(full(20_000, 500));
  ring.add(full(23_500, 0));
  t.is(picture(ring.read(24_000)), "...5..0.");
  t.is(picture(ring.read(26_000)), ".5..0...");
  t.is(picture(ring.read(31_000)), "........");
});

test("L25: a clock that goes back within the ring adds to the slots that are there", (t) => {
  const ring = new RateRing(shape);
  ring.add(full(20_000, 300));
  ring.add(full(22_000, 300));
  ring.add(full(20_000, 100));
  t.is(picture(ring.read(22_000)), ".....4.3");
  // The slot of 22 s is in the future until the clock is there again.
  t.is(picture(ring.read(20_000)), ".......4");
  const { downBytes, measuredMs } = ring.read(20_000);
  t.deepEqual([downBytes.at(-1), measuredMs.at(-1)], [400, 2_000]);
});

test("L25: a clock that goes back behind the ring begins it anew", (t) => {
  const ring = new RateRing(shape);
  ring.add(full(20_000, 300));
  ring.add(full(3_000, 200));
  t.is(picture(ring.read(3_000)), ".......2");
  t.is(picture(ring.read(20_000)), "........");
});

/** A second in which bytes were received. */
function full(atMs: number, downBytes: number): MeasuredTime {
  return { atMs, lengthMs: 1_000, downBytes, upBytes: 0 };
}

/** A character a slot: `.` not measured, else its hundreds of bytes received. */
function picture({ downBytes, measuredMs }: RateColumns): string {
  return downBytes
    .map((bytes, slot) => (measuredMs[slot] === 0 ? "." : String(bytes / 100)))
    .join("");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
