import test from "ava";
import { RunAccounts } from "../../src/api/run-accounts.ts";
import type { NamedCount } from "../../src/measures/measures.ts";
import { count, windowOf } from "../support/fake-windows.ts";
import { read } from "../support/scenarios.ts";

const share = { index: 0, of: 2 };
/** 100 actions a second from second 1 to 3, by ten leechers; half of them are of the share. */
const scenario = read(`
targets: { client: "127.0.0.1:6881" }
torrents: { payload: { size: 1MiB } }
groups: { leech: { behaviour: leecher, count: 10, load: { rate: 100/s, from: steady } } }
phases: { ramp: 1s, steady: 2s }
`);

function accountsOf(...counts: readonly NamedCount[]): RunAccounts {
  const accounts = new RunAccounts(scenario);
  accounts.take("a", windowOf(1, { counts }));
  return accounts;
}

/** `planned 60` and the like. */
function spelled(counts: readonly NamedCount[]): string[] {
  return counts.map(({ counter, phase, label, value }) =>
    [counter, phase, label, value].filter((part) => part !== "").join(" "),
  );
}

test("accounts close when each beginning has one end", (t) => {
  t.is(accountsOf(count("requests", 2), count("answered", 2)).fault, undefined);
  t.regex(
    accountsOf(count("requests", 2), count("answered", 1)).fault ?? "",
    /^bug: .* requests 2/,
  );
  t.regex(accountsOf(count("planned", 1), count("sent", 2)).fault ?? "", /planned 1, and sent 2/);
});

test("a request that ends in another phase than it began is open in both", (t) => {
  const accounts = accountsOf(count("requests", 1, { phase: "ramp" }), count("answered", 1));
  t.not(accounts.fault, undefined);
});

test("of a generator that was lost before its first window the whole plan until the end of the run is missing", (t) => {
  const accounts = new RunAccounts(scenario);
  const closing = accounts.settle(new Map([["a", share]]), 3_000);
  t.deepEqual(spelled(closing), ["planned steady 100", "not_sent_ours steady lost generator 100"]);
  t.is(accounts.fault, undefined);
});

test("of a run that ended early the plan counts until then", (t) => {
  const accounts = new RunAccounts(scenario);
  const [planned] = accounts.settle(new Map([["a", share]]), 2_000);
  t.true((planned?.value ?? 0) >= 50 && (planned?.value ?? 0) <= 51, `${planned?.value}`);
});

test("what a lost generator told counts, and its open requests are abandoned", (t) => {
  const accounts = accountsOf(
    ...[count("planned", 40), count("sent", 38), count("not_unchoked", 1)],
    ...[count("requests", 38), count("answered", 30), count("unanswered", 2)],
  );
  t.deepEqual(spelled(accounts.settle(new Map([["a", share]]), 3_000)), [
    "planned steady 60",
    "not_sent_ours steady lost generator 61",
    "abandoned steady lost generator 6",
  ]);
  t.is(accounts.fault, undefined);
});

test("an answer whose request was in a window that never came has a request", (t) => {
  const accounts = accountsOf(
    ...[count("planned", 100), count("sent", 100)],
    ...[count("requests", 5), count("answered", 9)],
  );
  t.deepEqual(spelled(accounts.settle(new Map([["a", share]]), 3_000)), ["requests steady 4"]);
  t.is(accounts.fault, undefined);
});
