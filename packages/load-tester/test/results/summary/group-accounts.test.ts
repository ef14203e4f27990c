import test from "ava";
import type { CounterName } from "../../../src/measures/measures.ts";
import { RunTotals } from "../../../src/results/merge/run-totals.ts";
import { groupAccounts, shareBeside } from "../../../src/results/summary/group-accounts.ts";

const open = { name: "leech", pace: "open 100/s" };
const closed = { name: "leech", pace: "closed, depth 4" };

function totalsOf(counts: Partial<Record<CounterName, number>>, phase = "steady"): RunTotals {
  const totals = new RunTotals();
  for (const [counter, value] of Object.entries(counts)) {
    totals.addCount({ counter: counter as CounterName, group: "leech", phase, label: "", value });
  }
  return totals;
}

test("of an open load the share without an answer has unanswered requests and what the target kept from being sent", (t) => {
  const totals = totalsOf({ answered: 95, answered_wrong: 900, unanswered: 3, not_sent_target: 2 });
  t.is(groupAccounts(totals, open).unansweredShare, 0.05);
});

test("of another load the greater share counts: of requests, or of visits", (t) => {
  const counts = { answered: 990, answered_wrong: 10, unanswered: 10, sent: 9, not_sent_target: 1 };
  const accounts = groupAccounts(totalsOf(counts), closed);
  t.is(accounts.unansweredShare, 0.1);
  t.deepEqual(
    (["request_block", "handshake", "connect"] as const).map((one) => shareBeside(one, accounts)),
    [0.01, 0.1, undefined],
  );
});

test("of a closed load a target that stood still for half of the time has that share of the waiting time", (t) => {
  // Ten lines of 20 s: in the second half one request each, of thousands.
  const counts = { answered: 9_990, unanswered: 10, waited_us: 200e6, waited_in_vain_us: 100e6 };
  const accounts = groupAccounts(totalsOf({ ...counts, sent: 10 }), closed);
  t.deepEqual(accounts.unanswered, { requests: 0.001, waiting: 0.5, visits: 0 });
  t.deepEqual([accounts.unansweredShare, shareBeside("request_block", accounts)], [0.5, 0.5]);
  t.is(groupAccounts(totalsOf(counts), open).unanswered.waiting, undefined);
});

test("visits at whose end the target owed answers are among those that it did not answer", (t) => {
  const counts = { answered: 9_990, unanswered: 10, sent: 9, not_sent_target: 1, visits_owed: 3 };
  t.is(groupAccounts(totalsOf(counts), closed).unanswered.visits, 0.4);
});

test("visits without a handshake that left early are excused until they are more than a tenth", (t) => {
  const shareOf = (excused: number) =>
    groupAccounts(totalsOf({ sent: 100, visits_excused: excused }), closed).unanswered.visits;
  t.deepEqual([shareOf(10), shareOf(11)], [0, 0.11]);
});

test("what is nobody's fault is in no share, and without anything there is none", (t) => {
  const totals = totalsOf({ answered: 10, abandoned: 5, requests_refused: 5, not_unchoked: 5 });
  t.is(groupAccounts(totals, open).unansweredShare, 0);
  t.is(groupAccounts(new RunTotals(), open).unansweredShare, undefined);
});

test("visits of the warm-up are visits of the run, its actions and requests are not", (t) => {
  const totals = totalsOf(
    { planned: 4, sent: 3, not_sent_ours: 1, requests: 9, answered: 9 },
    "warm-up",
  );
  const visits = groupAccounts(totals, closed);
  t.deepEqual(
    [visits.plan.planned, visits.plan.not_sent_ours, visits.requests.requests],
    [4, 1, 0],
  );
  t.is(groupAccounts(totals, open).plan.planned, 0);
});
