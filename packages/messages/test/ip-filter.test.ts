import test from "ava";
import { IpFilter } from "../src/index.ts";
import { rangesOf } from "./support/drawn-ranges.ts";

test("a new list replaces the old one whole", (t) => {
  const filter = new IpFilter(rangesOf("8.0.0.1", "8.0.0.2"));
  t.is(filter.count, 2);
  filter.set(rangesOf("8.0.0.3"));
  t.deepEqual(
    ["8.0.0.1", "8.0.0.3"].map((host) => filter.has(host)),
    [false, true],
  );
});

test("a filter without a list has no address", (t) => {
  const filter = new IpFilter(rangesOf("8.0.0.1"));
  filter.set(undefined);
  t.false(filter.has("8.0.0.1"));
  t.is(filter.count, 0);
  t.is(filter.memory, undefined);
});
