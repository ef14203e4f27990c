import test from "ava";
import { IpFilter } from "../src/index.ts";
import { rangesOf } from "./support/drawn-ranges.ts";

test("a new list replaces the old one whole", (t) => {
  const filter = new IpFilter({ ranges: rangesOf("8.0.0.1", "8.0.0.2") });
  t.is(filter.count, 2);
  filter.set({ ranges: rangesOf("8.0.0.3") });
  t.deepEqual(
    ["8.0.0.1", "8.0.0.3"].map((host) => filter.has(host)),
    [false, true],
  );
});

test("a filter without a list has no address", (t) => {
  const filter = new IpFilter({ ranges: rangesOf("8.0.0.1") });
  filter.set({});
  t.false(filter.has("8.0.0.1"));
  t.is(filter.count, 0);
  t.deepEqual(filter.memory, {});
});

test("bans stand beside the list", (t) => {
  const bans = rangesOf("9.0.0.0-9.0.0.255");
  const filter = new IpFilter({ ranges: rangesOf("8.0.0.1"), bans });
  t.true(filter.has("8.0.0.1") && filter.has("9.0.0.7"));
  filter.set({ bans });
  t.false(filter.has("8.0.0.1"));
  t.true(filter.has("9.0.0.7"));
  t.deepEqual(Object.keys(filter.memory), ["bans"]);
});
