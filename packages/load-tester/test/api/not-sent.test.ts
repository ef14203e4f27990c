import test from "ava";
import { notSentOf } from "../../src/api/not-sent.ts";
import type { NamedCount } from "../../src/measures/measures.ts";
import { RunTotals } from "../../src/results/merge/run-totals.ts";
import { count, group } from "../support/fake-windows.ts";

function sentenceOf(counts: readonly NamedCount[]): string | undefined {
  const totals = new RunTotals();
  for (const each of counts) totals.addCount(each);
  return notSentOf(totals, [group("leech")]);
}

test("1 % of the plan, and of the requests, may fail at the generators", (t) => {
  const counts = [
    count("planned", 100),
    count("not_sent_ours", 1, { label: "EMFILE" }),
    count("requests", 100),
    count("own_failures", 1, { label: "EMFILE" }),
  ];
  t.is(sentenceOf(counts), undefined);
});

test("peers that this machine could not connect did not happen, with the reasons", (t) => {
  const counts = [
    count("planned", 100),
    count("not_sent_ours", 2, { label: "EMFILE" }),
    count("not_sent_ours", 1, { label: "lost generator" }),
    count("not_sent_ours", 30, { phase: "warm-up", label: "EADDRNOTAVAIL" }),
  ];
  t.is(
    sentenceOf(counts),
    '33 of 100 planned visits of the group leech did not happen because of the load generators, 1 of them of lost generators, 30 by "EADDRNOTAVAIL", 2 by "EMFILE"; 1 % are allowed',
  );
});

test("requests that this machine did not send are no fault of the target", (t) => {
  const counts = [
    count("planned", 10),
    count("requests", 1_000),
    count("own_failures", 11, { label: "ENOBUFS" }),
  ];
  t.is(
    sentenceOf(counts),
    '11 of 1,000 requests of the group leech failed at the load generators, 11 by "ENOBUFS"; 1 % are allowed',
  );
});
