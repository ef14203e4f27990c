import test from "ava";

import { ProvenAddresses } from "../../src/serving/proven-addresses.ts";

test("a sender is proven for ten minutes after its last proof, give or take a minute", (t) => {
  const proven = new ProvenAddresses();
  t.false(proven.isProven("a", 0));
  proven.prove("a", 0);
  t.true(proven.isProven("a", 599_999));
  t.false(proven.isProven("a", 600_000));
  proven.prove("a", 600_000);
  proven.prove("a", 659_999);
  proven.prove("a", 660_000);
  t.true(proven.isProven("a", 1_259_999));
  t.false(proven.isProven("a", 1_260_000));
});

test("proven senders are bounded", (t) => {
  const proven = new ProvenAddresses();
  for (let sender = 0; sender < 40_000; sender++) proven.prove(`${sender}`, 0);
  t.false(proven.isProven("0", 0));
  t.true(proven.isProven("39999", 0));
});
