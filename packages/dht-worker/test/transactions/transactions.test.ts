import test from "ava";
import fc from "fast-check";
import {
  failedAfterMs,
  mostTransactions,
  overdueTimeOuts,
  Transactions,
} from "../../src/transactions/transactions.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const host = "45.10.1.1";
const port = 6881;
const timeOutMs = 400;

function scene() {
  const transactions = new Transactions<string>({ random: seededRandom(1) });
  const begin = (question: string, nowMs = 0, to = { host, port }): Uint8Array => {
    const id = transactions.begin(question, to, timeOutMs, nowMs);
    if (id === undefined) throw new Error("no room");
    return id;
  };
  return { transactions, begin };
}

test("EX16, case 81: an answer counts from the address and port that was asked, once", (t) => {
  const { transactions, begin } = scene();
  const id = begin("a");
  t.is(transactions.take(id, "45.10.1.2", port, 5), undefined);
  t.is(transactions.take(id, host, port + 1, 5), undefined);
  t.deepEqual(transactions.take(id, host, port, 20), { question: "a", roundTripMs: 20 });
  t.is(transactions.take(id, host, port, 20), undefined);
  t.is(transactions.size, 0);
});

test("EX16: transaction ids are four random bytes, and those of other lengths are unknown", (t) => {
  const { transactions, begin } = scene();
  const ids = Array.from({ length: 500 }, (_, at) => begin(`${at}`));
  t.is(new Set(ids.map((id) => Buffer.from(id).toString("hex"))).size, 500);
  t.true(ids.every((id) => id.length === 4));
  const [first = new Uint8Array(4)] = ids;
  t.is(transactions.take(first.subarray(0, 3), host, port, 0), undefined);
  t.is(transactions.take(Uint8Array.of(...first, 0), host, port, 0), undefined);
  t.is(transactions.take(new Uint8Array(0), host, port, 0), undefined);
});

test("equal random bytes give different ids", (t) => {
  const transactions = new Transactions<number>({
    random: { bytes: () => Uint8Array.of(255, 255, 255, 255) },
  });
  const ids = [1, 2, 3].map((question) =>
    transactions.begin(question, { host, port }, timeOutMs, 0),
  );
  t.deepEqual(
    ids.map((id) => id && [...id]),
    [
      [255, 255, 255, 255],
      [0, 0, 0, 0],
      [0, 0, 0, 1],
    ],
  );
  for (const [at, id] of ids.entries())
    t.is(id && transactions.take(id, host, port, 0)?.question, at + 1);
});

test("EX16: a query is silent after the time-out of its node and overdue after three; its answer counts for six seconds", (t) => {
  const { transactions, begin } = scene();
  const late = begin("late");
  begin("dead");
  const nothing = { silent: [], overdue: [], failed: [] };
  const overdueMs = overdueTimeOuts * timeOutMs;
  t.is(transactions.nextDeadlineMs, timeOutMs);
  t.deepEqual(transactions.expire(timeOutMs - 1), nothing);
  t.deepEqual(transactions.expire(timeOutMs), { ...nothing, silent: ["late", "dead"] });
  t.deepEqual(transactions.expire(timeOutMs), nothing);
  t.is(transactions.nextDeadlineMs, overdueMs);
  t.deepEqual(transactions.expire(overdueMs), { ...nothing, overdue: ["late", "dead"] });
  t.is(transactions.nextDeadlineMs, failedAfterMs);
  t.is(transactions.take(late, host, port, 5_999)?.roundTripMs, 5_999);
  t.deepEqual(transactions.expire(failedAfterMs), { ...nothing, failed: ["dead"] });
  t.is(transactions.nextDeadlineMs, undefined);
  t.is(transactions.size, 0);
});

test("EX16: a near node is silent before a far one that was asked earlier", (t) => {
  const { transactions } = scene();
  transactions.begin("far", { host, port }, 1_000, 0);
  transactions.begin("near", { host, port: 1 }, 250, 100);
  t.is(transactions.nextDeadlineMs, 350);
  t.deepEqual(transactions.expire(350).silent, ["near"]);
  t.deepEqual(transactions.expire(850).overdue, ["near"]);
  t.deepEqual(transactions.expire(1_000).silent, ["far"]);
});

test("an answer after the query has failed is unknown", (t) => {
  const { transactions, begin } = scene();
  const id = begin("a");
  for (const _ of "123") transactions.expire(failedAfterMs);
  t.is(transactions.take(id, host, port, failedAfterMs), undefined);
});

test("after a long pause a query is reported as silent, as overdue, then as failed", (t) => {
  const { transactions, begin } = scene();
  begin("a");
  t.deepEqual(transactions.expire(60_000), { silent: ["a"], overdue: [], failed: [] });
  t.true((transactions.nextDeadlineMs ?? Infinity) <= 60_000);
  t.deepEqual(transactions.expire(60_000), { silent: [], overdue: ["a"], failed: [] });
  t.deepEqual(transactions.expire(60_000), { silent: [], overdue: [], failed: ["a"] });
});

test("EX16: at most 1,024 queries wait, silent ones included", (t) => {
  const { transactions, begin } = scene();
  const [id = new Uint8Array(4)] = Array.from({ length: mostTransactions }, (_, at) =>
    begin(`${at}`),
  );
  t.is(transactions.begin("one more", { host, port }, timeOutMs, 0), undefined);
  transactions.expire(timeOutMs);
  t.is(transactions.begin("one more", { host, port }, timeOutMs, 0), undefined);
  transactions.take(id, host, port, timeOutMs);
  t.not(transactions.begin("one more", { host, port }, timeOutMs, timeOutMs), undefined);
  t.is(transactions.size, mostTransactions);
});

test("an address is being asked while a query to it waits", (t) => {
  const { transactions, begin } = scene();
  const first = begin("a");
  begin("b");
  t.true(transactions.isAsking(host, port));
  t.false(transactions.isAsking(host, port + 1));
  transactions.take(first, host, port, 0);
  t.true(transactions.isAsking(host, port));
  transactions.expire(timeOutMs);
  t.true(transactions.isAsking(host, port));
  transactions.expire(failedAfterMs);
  transactions.expire(failedAfterMs);
  t.false(transactions.isAsking(host, port));
});

type Step =
  | {
      readonly kind: "begin";
      readonly pauseMs: number;
      readonly port: number;
      readonly timeOutMs: number;
    }
  | { readonly kind: "expire"; readonly pauseMs: number; readonly port: number }
  | {
      readonly kind: "take";
      readonly pauseMs: number;
      readonly port: number;
      readonly nth: number;
    };

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("begin", "take", "expire"),
    pauseMs: fc.integer({ min: 0, max: 800 }),
    port: fc.integer({ min: 1, max: 3 }),
    timeOutMs: fc.integer({ min: 250, max: 1_000 }),
    nth: fc.nat(20),
  }) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

test("any sequence of queries, answers and time agrees with a list of all queries", (t) => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const transactions = new Transactions<number>({ random: seededRandom(2) });
      const model: {
        id: Uint8Array;
        port: number;
        sentMs: number;
        timeOutMs: number;
        state: string;
      }[] = [];
      const waiting = () =>
        model.filter(({ state }) => ["fresh", "silent", "overdue"].includes(state));
      let nowMs = 0;
      for (const step of sequence) {
        nowMs += step.pauseMs;
        if (step.kind === "begin") {
          const id = transactions.begin(
            model.length,
            { host, port: step.port },
            step.timeOutMs,
            nowMs,
          );
          if (id === undefined) return false;
          const { port, timeOutMs } = step;
          model.push({ id, port, sentMs: nowMs, timeOutMs, state: "fresh" });
        } else if (step.kind === "take") {
          const entry = model[step.nth];
          if (entry === undefined) continue;
          const isRight = waiting().includes(entry) && entry.port === step.port;
          const answered = transactions.take(entry.id, host, step.port, nowMs);
          if ((answered?.question === step.nth) !== isRight) return false;
          if (isRight) entry.state = "answered";
        } else {
          const { silent, overdue, failed } = transactions.expire(nowMs);
          const move = (numbers: readonly number[], from: string, to: string): boolean =>
            numbers.every((at) => {
              const entry = model[at];
              if (entry?.state !== from) return false;
              const stages = { silent: 1, overdue: overdueTimeOuts };
              const waitMs =
                to === "failed"
                  ? failedAfterMs
                  : stages[to as keyof typeof stages] * entry.timeOutMs;
              entry.state = to;
              return nowMs >= entry.sentMs + waitMs;
            });
          if (!move(failed, "overdue", "failed")) return false;
          if (!move(overdue, "silent", "overdue")) return false;
          if (!move(silent, "fresh", "silent")) return false;
        }
        if (transactions.size !== waiting().length) return false;
        for (const port of [1, 2, 3]) {
          if (transactions.isAsking(host, port) !== waiting().some((entry) => entry.port === port))
            return false;
        }
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.pass();
});
