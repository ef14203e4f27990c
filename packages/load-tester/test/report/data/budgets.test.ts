import test from "ava";
import { budgetData } from "../../../src/report/data/budgets.ts";
import type { GroupFacts } from "../../../src/results/result.ts";

const group = (name: string, isClosedLoad: boolean): GroupFacts => ({
  ...{ name, isClosedLoad, target: "seeder", behaviour: "leecher", count: 1, pace: "" },
});
const groups = [group("leech", false), group("crowd", true)];
const of = (text: string) => budgetData({ text, seen: 1, allowed: 2, holds: true }, groups);

test("a budget has the dimension of its quantity", (t) => {
  t.is(of("request_block{leech}.p99 < 50ms").dimension, "time");
  t.is(of("completion.p95 < 90s").dimension, "time");
  t.is(of("target.rss.max < base + 128MiB").dimension, "bytes");
  t.is(of("errors < 0.1%").dimension, "share");
  t.is(of("wrong_blocks < 1").dimension, "count");
});

test("the used part of a budget is that of its allowance, also of a least value", (t) => {
  const used = (text: string, seen: number, allowed: number) =>
    budgetData({ text, seen, allowed, holds: true }, groups).used?.toFixed(3);
  t.is(used("request_block{leech}.p99 < 50ms", 10_000, 50_000), "0.200");
  t.is(used("wrong_blocks <= 0", 0, 0), "0.000");
  t.is(used("wrong_blocks <= 0", 1, 0), "2.000");
  // All have completed, and a thousandth might fail.
  t.is(used("completed / arrived >= 99.9%", 1, 0.999), "0.000");
  t.is(used("completed / arrived >= 99.9%", 0.9995, 0.999), "0.500");
  t.is(used("announces.mean >= 40000/s", 50_000, 40_000), "0.800");
  t.is(used("announces.mean >= 40000/s", 20_000, 40_000), "2.000");
});

test("a budget on latencies of a closed load is marked, one on the generator is not", (t) => {
  t.false(of("request_block{leech}.p99 < 50ms").isClosedLoad);
  t.true(of("request_block{crowd}.p99 < 50ms").isClosedLoad);
  t.true(of("request_block.p99 < 50ms").isClosedLoad);
  t.false(of("lateness.p99 < 5ms").isClosedLoad);
  t.false(of("connect{crowd}.p99 < 5ms").isClosedLoad);
  t.false(of("errors < 1%").isClosedLoad);
});

test("a budget that measured nothing has no number, one that cannot be parsed counts", (t) => {
  const nothing = { text: "errors < 1%", seen: undefined, allowed: 0.01, holds: false };
  t.is(budgetData(nothing, groups).used, undefined);
  t.is(of("something of another version < 7 parsecs").dimension, "count");
});
