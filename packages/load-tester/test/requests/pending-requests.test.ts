import test from "ava";
import { PendingRequests, maxPending } from "../../src/requests/pending-requests.ts";

const timeoutMs = 5_000;
const ask = { kind: 1, member: 7, beganMs: 5, mark: 9 };

test("a request is found by its id until it is closed", (t) => {
  const pending = new PendingRequests(1, timeoutMs);
  const id = pending.open(ask, 10) ?? 0;
  const slot = pending.find(id);
  t.true(slot >= 0);
  t.deepEqual(
    [pending.kind(slot), pending.member(slot), pending.beganMs(slot), pending.mark(slot)],
    [1, 7, 5, 9],
  );
  t.is(pending.id(slot), id);
  pending.close(slot);
  t.is(pending.find(id), -1);
  t.is(pending.openCount, 0);
});

test("ids differ from one use of a slot to the next, and no other id is found", (t) => {
  const pending = new PendingRequests(1, timeoutMs);
  const first = pending.open(ask, 0) ?? 0;
  pending.close(pending.find(first));
  for (let i = 1; i < maxPending; i++) pending.close(pending.find(pending.open(ask, 0) ?? 0));
  const second = pending.open(ask, 0) ?? 0;
  t.not(second, first);
  t.is(second % maxPending, first % maxPending);
  t.is(pending.find(first), -1);
  t.true(pending.find(second) >= 0);
});

test("a request that waits for too long is unanswered once", (t) => {
  const pending = new PendingRequests(1, timeoutMs);
  pending.open(ask, 0);
  const answered = pending.open(ask, 10) ?? 0;
  pending.open({ ...ask, member: 8 }, 20);
  pending.close(pending.find(answered));
  const unanswered: number[] = [];
  const expire = (nowMs: number): void =>
    pending.expire(nowMs, (slot) => unanswered.push(pending.member(slot)));
  expire(timeoutMs - 1);
  t.deepEqual(unanswered, []);
  expire(timeoutMs);
  t.deepEqual(unanswered, [7]);
  expire(timeoutMs + 20);
  expire(timeoutMs + 30);
  t.deepEqual(unanswered, [7, 8]);
});

test("an id that expired is known until its slot is used again, and no other one", (t) => {
  const pending = new PendingRequests(1, timeoutMs);
  const expired = pending.open(ask, 0) ?? 0;
  const answered = pending.open(ask, 0) ?? 0;
  pending.close(pending.find(answered));
  pending.expire(timeoutMs, () => {});
  t.deepEqual([pending.hasExpired(expired), pending.hasExpired(answered)], [true, false]);
  t.is(pending.find(expired), -1);
  for (let i = 2; i < maxPending; i++) pending.close(pending.find(pending.open(ask, 0) ?? 0));
  pending.open(ask, 0);
  t.false(pending.hasExpired(expired));
});

test("requests that wait at the end are closed, each once", (t) => {
  const pending = new PendingRequests(1, timeoutMs);
  pending.close(pending.find(pending.open(ask, 0) ?? 0));
  pending.open({ ...ask, member: 8 }, 20);
  const closed: number[] = [];
  for (const _ of [1, 2]) pending.closeAll((slot) => closed.push(pending.member(slot)));
  t.deepEqual(closed, [8]);
  t.is(pending.openCount, 0);
});

test("no more requests wait than there is room for", (t) => {
  const pending = new PendingRequests(1, timeoutMs);
  for (let i = 0; i < maxPending; i++) pending.open(ask, 0);
  t.is(pending.openCount, maxPending);
  t.false(pending.hasRoom());
  t.is(pending.open(ask, 0), undefined);
});
