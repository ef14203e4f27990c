import test from "ava";
import { noTotals } from "@troupe/messages";
import { SessionTotals } from "../../../src/engine/totals/session-totals.ts";

const bytes = (downloadedBytes: number) => {
  const { activeSeconds: _, sessions: __, ...none } = noTotals;
  return { ...none, downloadedBytes };
};

test("I06: totals have the bytes of present and of removed torrents", (t) => {
  const totals = new SessionTotals(() => "one", 1_000);
  t.deepEqual(totals.now(bytes(0), 3_500), { ...noTotals, activeSeconds: 2 });
  totals.torrentRemoved(bytes(5));
  totals.torrentRemoved(bytes(6));
  const now = totals.now(bytes(100), 4_000);
  t.deepEqual(now, { ...noTotals, downloadedBytes: 111, activeSeconds: 3, sessions: 1 });
});

test("I06: only what the database does not have is added", (t) => {
  const totals = new SessionTotals(() => "one", 0);
  const first = totals.begin(totals.now(bytes(10), 1_000));
  t.deepEqual(first, {
    amounts: { ...noTotals, downloadedBytes: 10, activeSeconds: 1, sessions: 1 },
    adder: "one",
    sequence: 1,
  });
  totals.settle(first, noTotals);
  const second = totals.begin(totals.now(bytes(14), 3_000));
  t.deepEqual(second.amounts, { ...noTotals, downloadedBytes: 4, activeSeconds: 2 });
  t.is(second.sequence, 2);
});

test("I06: an addition without an answer is repeated as it was, and then adds the rest", (t) => {
  const totals = new SessionTotals(() => "one", 0);
  const first = totals.begin(totals.now(bytes(10), 0));
  t.is(totals.begin(totals.now(bytes(30), 0)), first);
  totals.settle(first, noTotals);
  totals.settle(first, noTotals);
  t.is(totals.begin(totals.now(bytes(30), 0)).amounts.downloadedBytes, 20);
});

test("the totals of all runs are those of the last addition and what came since", (t) => {
  const totals = new SessionTotals(() => "one", 0);
  t.is(totals.overallAt(totals.now(bytes(10), 0)), undefined);
  const adding = totals.begin(totals.now(bytes(10), 0));
  totals.settle(adding, { ...noTotals, downloadedBytes: 110, sessions: 3 });
  const overall = totals.overallAt(totals.now(bytes(14), 2_000));
  t.deepEqual(overall, { ...noTotals, downloadedBytes: 114, activeSeconds: 2, sessions: 3 });
});

test("time alone is not worth a write", (t) => {
  const totals = new SessionTotals(() => "one", 0);
  t.false(totals.isWorthSaving);
  totals.noteMoved();
  t.true(totals.isWorthSaving);
  const adding = totals.begin(totals.now(bytes(1), 0));
  t.true(totals.isWorthSaving, "it is under way");
  totals.settle(adding, noTotals);
  t.false(totals.isWorthSaving);
});
