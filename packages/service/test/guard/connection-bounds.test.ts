import test from "ava";
import fc from "fast-check";
import { ConnectionBounds } from "../../src/guard/connection-bounds.ts";
import { isRefusal } from "../../src/guard/refusal.ts";
import { allowed, refused } from "../support/refused.ts";

/** Admits connections `from` to `to`, each of its own address. */
function admitEach(bounds: ConnectionBounds<number>, from: number, to: number, isVerified = false) {
  for (let id = from; id < to; id++) {
    admit(bounds, id, `a${id}`);
    bounds.setCaller(id, `a${id}`, isVerified);
  }
}

function admit(bounds: ConnectionBounds<number>, id: number, key: string, isKnown = false) {
  return allowed(bounds.admit(id, key, isKnown)).closes;
}

test("the 193rd connection of unknown addresses closes the oldest of them", (t) => {
  const bounds = new ConnectionBounds<number>();
  admitEach(bounds, 0, 192);
  t.is(bounds.count, 192);
  t.is(admit(bounds, 192, "x"), 0);
  t.is(admit(bounds, 193, "y"), 1);
  t.is(bounds.count, 192);
});

test("a flood of unknown addresses closes no connection of a known address", (t) => {
  const bounds = new ConnectionBounds<number>();
  const owner = -1;
  t.is(admit(bounds, owner, "owner", true), undefined);
  for (let id = 0; id < 1_000; id++) t.not(admit(bounds, id, `a${id}`), owner);
  t.is(admit(bounds, -2, "owner", true), undefined);
  for (let id = 1_000; id < 1_200; id++) t.is(admit(bounds, id, `a${id}`), id - 192);
});

test("256 connections close one of an unknown address first, then the oldest unverified one", (t) => {
  const bounds = new ConnectionBounds<number>();
  for (let id = 0; id < 255; id++) admit(bounds, id, `a${id}`, true);
  admit(bounds, 255, "unknown");
  t.is(admit(bounds, 256, "known", true), 255);
  bounds.setCaller(0, "a0", true);
  t.is(admit(bounds, 257, "known", true), 1);
});

test("64 places are left for verified callers", (t) => {
  const bounds = new ConnectionBounds<number>();
  admitEach(bounds, 0, 64, true);
  admitEach(bounds, 64, 256);
  t.is(bounds.count, 256);
  t.is(admit(bounds, 256, "x"), 64);
});

test("verified connections beyond 64 take places of others", (t) => {
  const bounds = new ConnectionBounds<number>();
  admitEach(bounds, 0, 200, true);
  admitEach(bounds, 200, 256);
  t.is(admit(bounds, 256, "x"), 200);
  t.is(bounds.count, 256);
});

test("a new connection is refused where all are verified", (t) => {
  const bounds = new ConnectionBounds<number>();
  admitEach(bounds, 0, 256, true);
  refused(t, bounds.admit(256, "x", true), "too-many-connections", 503);
  bounds.remove(7);
  t.is(admit(bounds, 256, "x"), undefined);
});

test("the 33rd connection of an address closes the oldest unverified of that address", (t) => {
  const bounds = new ConnectionBounds<number>();
  admit(bounds, -1, "other");
  for (let id = 0; id < 32; id++) admit(bounds, id, "a");
  bounds.setCaller(0, "a", true);
  t.is(admit(bounds, 32, "a"), 1);
  for (let id = 0; id <= 32; id++) bounds.setCaller(id, "a", true);
  refused(t, bounds.admit(33, "a", true), "too-many-connections", 429);
  t.is(admit(bounds, 34, "other"), undefined);
});

test("connections of a trusted proxy count by the addresses that it names", (t) => {
  const bounds = new ConnectionBounds<number>();
  for (let id = 0; id < 100; id++)
    t.is(allowed(bounds.admit(id, undefined, false)).closes, undefined);
  for (let id = 0; id < 32; id++) t.is(bounds.setCaller(id, "a", false), undefined);
  refused(t, bounds.setCaller(32, "a", true), "too-many-connections", 429);
  t.is(bounds.setCaller(32, "b", false), undefined);
  t.is(bounds.setCaller(31, "a", false), undefined);
  t.is(bounds.setCaller(0, "c", false), undefined);
  t.is(bounds.setCaller(33, "a", false), undefined);
});

test("a released connection of a trusted proxy counts for no address and is not verified", (t) => {
  const bounds = new ConnectionBounds<number>();
  for (let id = 0; id < 33; id++) bounds.admit(id, undefined, false);
  for (let id = 0; id < 32; id++) bounds.setCaller(id, "a", true);
  refused(t, bounds.setCaller(32, "a", true), "too-many-connections", 429);
  for (let id = 0; id < 32; id++) bounds.release(id);
  bounds.release(99);
  t.is(bounds.setCaller(32, "a", true), undefined);
  admitEach(bounds, 33, 256, true);
  t.is(admit(bounds, 256, "x", true), 0);
});

test("a connection that has ended counts no more, and is no error", (t) => {
  const bounds = new ConnectionBounds<number>();
  admit(bounds, 1, "a");
  bounds.remove(1);
  bounds.remove(1);
  t.is(bounds.setCaller(1, "a", true), undefined);
  t.is(bounds.count, 0);
});

test("no order of connections passes a bound, and no verified one is closed", (t) => {
  const step = fc.record({
    key: fc.integer({ min: 1, max: 40 }).map(String),
    isVerified: fc.integer({ min: 1, max: 20 }).map((value) => value === 1),
    ends: fc.boolean(),
  });
  let mostUnknown = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 500, size: "max" }), (steps) => {
      const bounds = new ConnectionBounds<number>();
      const verified = new Set<number>();
      const unknown = new Set<number>();
      const keys = new Map<number, string>();
      const knownKeys = new Set<string>();
      for (const [id, { key, isVerified, ends }] of steps.entries()) {
        const isKnown = knownKeys.has(key);
        const admission = bounds.admit(id, key, isKnown);
        if (isRefusal(admission)) continue;
        if (admission.closes !== undefined) {
          t.false(verified.has(admission.closes));
          keys.delete(admission.closes);
          unknown.delete(admission.closes);
        }
        keys.set(id, key);
        bounds.setCaller(id, key, isVerified);
        if (isVerified) {
          verified.add(id);
          knownKeys.add(key);
        } else if (!isKnown) unknown.add(id);
        mostUnknown = Math.max(mostUnknown, unknown.size);
        if (!ends || id % 20 !== 0) continue;
        bounds.remove(id);
        keys.delete(id);
        unknown.delete(id);
      }
      t.is(bounds.count, keys.size);
      t.true(keys.size <= 256);
      for (const same of Map.groupBy(keys.values(), (key) => key).values())
        t.true(same.length <= 32);
    }),
    { numRuns: 30 },
  );
  t.is(mostUnknown, 192);
});
