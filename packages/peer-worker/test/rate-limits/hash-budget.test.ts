import test from "ava";

import { HashBudget } from "../../src/rate-limits/hash-budget.ts";

const rate = 80_000;

test("a budget begins with a block, and grows by an eighth of the limit", (t) => {
  const budget = new HashBudget();
  t.is(budget.availableBytes(rate, 5_000), 16_384);
  budget.take(16_384);
  t.is(budget.availableBytes(rate, 5_000), 0);
  t.is(budget.availableBytes(rate, 5_500), 5_000);
  t.is(budget.availableBytes(rate, 6_000), 10_000);
});

test("a long answer leaves a debt, which is paid before the next one", (t) => {
  const budget = new HashBudget();
  budget.availableBytes(rate, 0);
  budget.take(16_384 + 30_000);
  t.is(budget.availableBytes(rate, 2_000), -10_000);
  t.is(budget.availableBytes(rate, 3_000), 0);
});

test("a budget that is not used saves up a burst and no more", (t) => {
  t.is(new HashBudget().availableBytes(rate, 3_600_000), 16_384);
  const fast = new HashBudget();
  fast.availableBytes(8_000_000, 0);
  t.is(fast.availableBytes(8_000_000, 60_000), 250_000);
});
