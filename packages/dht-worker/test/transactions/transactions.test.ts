import test from "ava";
import fc from "fast-check";
import {
  failedAfterMs,
  mostTransactions,
  silentAfterMs,
  Transactions,
} from "../../src/transactions/transactions.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const host = "45.10.1.1";
const port = 6881;

function scene() {
  const transactions = new Transactions<string>({ random: seededRandom(1) });
  const begin = (question: string, nowMs = 0, to = { host, port }): Uint8Array => {
    const id = transactions.begin(question, to.host, to.port, nowMs);
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
  const ids = [1, 2, 3].map((question) => transactions.begin(question, host, port, 0));
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

test("EX16: a query is silent after a second, and its answer counts until it has failed after six", (t) => {
  const { transactions, begin } = scene();
  const late = begin("late");
  begin("dead");
  t.is(transactions.nextDeadlineMs, silentAfterMs);
  t.deepEqual(transactions.expire(silentAfterMs - 1), { silent: [], failed: [] });
  t.deepEqual(transactions.expire(silentAfterMs), { silent: ["late", "dead"], failed: [] });
  t.deepEqual(transactions.expire(silentAfterMs), { silent: [], failed: [] });
  t.is(transactions.nextDeadlineMs, failedAfterMs);
  t.is(transactions.take(late, host, port, 5_999)?.roundTripMs, 5_999);
  t.deepEqual(transactions.expire(failedAfterMs), { silent: [], failed: ["dead"] });
  t.is(transactions.nextDeadlineMs, undefined);
  t.is(transactions.size, 0);
});

test("an answer after the query has failed is unknown", (t) => {
  const { transactions, begin } = scene();
  const id = begin("a");
  transactions.expire(silentAfterMs);
  transactions.expire(failedAfterMs);
  t.is(transactions.take(id, host, port, failedAfterMs), undefined);
});

test("after a long pause a query is reported as silent, then as failed", (t) => {
  const { transactions, begin } = scene();
  begin("a");
  t.deepEqual(transactions.expire(60_000), { silent: ["a"], failed: [] });
  t.true((transactions.nextDeadlineMs ?? Infinity) <= 60_000);
  t.deepEqual(transactions.expire(60_000), { silent: [], failed: ["a"] });
});

test("EX16: at most 1,024 queries wait, silent ones included", (t) => {
  const { transactions, begin } = scene();
  const [id = new Uint8Array(4)] = Array.from({ length: mostTransactions }, (_, at) =>
    begin(`${at}`),
  );
  t.is(transactions.begin("one more", host, port, 0), undefined);
  transactions.expire(silentAfterMs);
  t.is(transactions.begin("one more", host, port, 0), undefined);
  transactions.take(id, host, port, silentAfterMs);
  t.not(transactions.begin("one more", host, port, silentAfterMs), undefined);
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
  transactions.expire(silentAfterMs);
  t.true(transactions.isAsking(host, port));
  transactions.expire(failedAfterMs);
  t.false(transactions.isAsking(host, port));
});

type Step =
  | { readonly kind: "begin" | "expire"; readonly pauseMs: number; readonly port: number }
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
    nth: fc.nat(20),
  }) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

test("any sequence of queries, answers and time agrees with a list of all queries", (t) => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const transactions = new Transactions<number>({ random: seededRandom(2) });
      const model: { id: Uint8Array; port: number; sentMs: number; state: string }[] = [];
      const waiting = () => model.filter(({ state }) => state === "fresh" || state === "silent");
      let nowMs = 0;
      for (const step of sequence) {
        nowMs += step.pauseMs;
        if (step.kind === "begin") {
          const id = transactions.begin(model.length, host, step.port, nowMs);
          if (id === undefined) return false;
          model.push({ id, port: step.port, sentMs: nowMs, state: "fresh" });
        } else if (step.kind === "take") {
          const entry = model[step.nth];
          if (entry === undefined) continue;
          const isRight = waiting().includes(entry) && entry.port === step.port;
          const answered = transactions.take(entry.id, host, step.port, nowMs);
          if ((answered?.question === step.nth) !== isRight) return false;
          if (isRight) entry.state = "answered";
        } else {
          const { silent, failed } = transactions.expire(nowMs);
          for (const at of failed) {
            const entry = model[at];
            if (entry?.state !== "silent" || nowMs < entry.sentMs + failedAfterMs) return false;
            entry.state = "failed";
          }
          for (const at of silent) {
            const entry = model[at];
            if (entry?.state !== "fresh" || nowMs < entry.sentMs + silentAfterMs) return false;
            entry.state = "silent";
          }
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
