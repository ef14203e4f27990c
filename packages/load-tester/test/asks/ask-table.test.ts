import test from "ava";
import { AskTable, maxAsks } from "../../src/asks/ask-table.ts";

const timeoutMs = 5_000;
const ask = { kind: 1, member: 7, beganMs: 5, mark: 9 };

test("a request is found by its id until it is closed", (t) => {
  const asks = new AskTable(1, timeoutMs);
  const id = asks.open(ask, 10) ?? 0;
  const slot = asks.find(id);
  t.true(slot >= 0);
  t.deepEqual(
    [asks.kind(slot), asks.member(slot), asks.beganMs(slot), asks.mark(slot)],
    [1, 7, 5, 9],
  );
  t.is(asks.id(slot), id);
  asks.close(slot);
  t.is(asks.find(id), -1);
  t.is(asks.openCount, 0);
});

test("ids differ from one use of a slot to the next, and no other id is found", (t) => {
  const asks = new AskTable(1, timeoutMs);
  const first = asks.open(ask, 0) ?? 0;
  asks.close(asks.find(first));
  for (let i = 1; i < maxAsks; i++) asks.close(asks.find(asks.open(ask, 0) ?? 0));
  const second = asks.open(ask, 0) ?? 0;
  t.not(second, first);
  t.is(second % maxAsks, first % maxAsks);
  t.is(asks.find(first), -1);
  t.true(asks.find(second) >= 0);
});

test("a request that waits for too long is unanswered once", (t) => {
  const asks = new AskTable(1, timeoutMs);
  asks.open(ask, 0);
  const answered = asks.open(ask, 10) ?? 0;
  asks.open({ ...ask, member: 8 }, 20);
  asks.close(asks.find(answered));
  const unanswered: number[] = [];
  const expire = (nowMs: number): void =>
    asks.expire(nowMs, (slot) => unanswered.push(asks.member(slot)));
  expire(timeoutMs - 1);
  t.deepEqual(unanswered, []);
  expire(timeoutMs);
  t.deepEqual(unanswered, [7]);
  expire(timeoutMs + 20);
  expire(timeoutMs + 30);
  t.deepEqual(unanswered, [7, 8]);
});

test("an id that expired is known until its slot is used again, and no other one", (t) => {
  const asks = new AskTable(1, timeoutMs);
  const expired = asks.open(ask, 0) ?? 0;
  const answered = asks.open(ask, 0) ?? 0;
  asks.close(asks.find(answered));
  asks.expire(timeoutMs, () => {});
  t.deepEqual([asks.hasExpired(expired), asks.hasExpired(answered)], [true, false]);
  t.is(asks.find(expired), -1);
  for (let i = 2; i < maxAsks; i++) asks.close(asks.find(asks.open(ask, 0) ?? 0));
  asks.open(ask, 0);
  t.false(asks.hasExpired(expired));
});

test("requests that wait at the end are closed, each once", (t) => {
  const asks = new AskTable(1, timeoutMs);
  asks.close(asks.find(asks.open(ask, 0) ?? 0));
  asks.open({ ...ask, member: 8 }, 20);
  const closed: number[] = [];
  for (const _ of [1, 2]) asks.closeAll((slot) => closed.push(asks.member(slot)));
  t.deepEqual(closed, [8]);
  t.is(asks.openCount, 0);
});

test("no more requests wait than there is room for", (t) => {
  const asks = new AskTable(1, timeoutMs);
  for (let i = 0; i < maxAsks; i++) asks.open(ask, 0);
  t.is(asks.openCount, maxAsks);
  t.false(asks.hasRoom());
  t.is(asks.open(ask, 0), undefined);
});
