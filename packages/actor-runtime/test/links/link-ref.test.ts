import test from "ava";
import { LinkRef } from "../../src/links/link-ref.ts";
import { linkCredits } from "../../src/limits.ts";
import { linkPair, TaskQueue } from "../support/link-pair.ts";
import { rejection } from "../support/rejection.ts";

test("a ref without link drops casts and refuses calls", async (t) => {
  const ref = new LinkRef("file", () => {});
  ref.cast("write", {});
  t.is(ref.credits, 0);
  t.is(ref.peer, undefined);
  t.like(await rejection(ref.call("read", {})), {
    code: "actor-gone",
    message: 'no answer to call "read": file is not there',
  });
});

test("a ref sends over the bound link", async (t) => {
  const { left, right, queue } = linkPair();
  const ref = new LinkRef("right", queue.schedule);
  ref.bind(left.link);
  t.deepEqual(ref.peer, { name: "right", epoch: 1 });
  t.is(ref.credits, linkCredits);
  ref.cast("a", 1);
  const answer = ref.call("echo", 2);
  queue.runAll();
  t.is(await answer, 2);
  t.deepEqual(right.owner.heard[0], ["cast", "a", 1]);
  ref.unbind(left.link);
  t.is(ref.credits, 0);
});

test("`sendNow` sends the messages of a turn before the turn ends, once", async (t) => {
  const { left, right, queue } = linkPair();
  const ref = new LinkRef("right", queue.schedule);
  ref.sendNow();
  ref.bind(left.link);
  const answer = ref.call("echo", 1);
  ref.sendNow();
  ref.cast("a", 2);
  queue.runAll();
  t.is(await answer, 1);
  t.deepEqual(right.owner.heard, [
    ["call", "echo", 1],
    ["cast", "a", 2],
  ]);
  t.is(left.link.counts.sent, 2);
});

test("unbinding an old link leaves the new one", (t) => {
  const [old, young] = [linkPair(), linkPair()];
  const ref = new LinkRef("right", () => {});
  ref.bind(old.left.link);
  ref.bind(young.left.link);
  ref.unbind(old.left.link);
  t.is(ref.credits, linkCredits);
});

test("a listener for credits is called once, and never within the call that adds it", (t) => {
  const { left, queue } = linkPair();
  const ref = new LinkRef("right", queue.schedule);
  ref.bind(left.link);
  let calls = 0;
  ref.whenRoom(() => (calls += 1));
  t.is(calls, 0);
  queue.runAll();
  ref.checkRoom();
  t.is(calls, 1);
});

test("a listener that is given twice is called once", (t) => {
  const { left, queue } = linkPair();
  const ref = new LinkRef("right", queue.schedule);
  let calls = 0;
  const listener = () => (calls += 1);
  ref.whenRoom(listener);
  ref.whenRoom(listener);
  ref.bind(left.link);
  queue.runAll();
  t.is(calls, 1);
});

test("a listener waits until there are as many credits as it needs", (t) => {
  const { left, queue } = linkPair();
  const ref = new LinkRef("right", queue.schedule);
  ref.bind(left.link);
  left.owner.onRoom = () => ref.checkRoom();
  for (let casts = 0; casts < linkCredits; casts += 1) ref.cast("a", {});
  const seen: number[] = [];
  ref.whenRoom(() => seen.push(ref.credits));
  ref.checkRoom();
  t.deepEqual(seen, []);
  queue.runAll();
  t.is(seen.length, 1);
  t.true((seen[0] ?? 0) >= linkCredits / 2);
});

test("a listener that needs more than half the window is called at half", (t) => {
  const { left, queue } = linkPair();
  const ref = new LinkRef("right", queue.schedule);
  ref.bind(left.link);
  // An idle peer keeps up to half a window to itself.
  for (let casts = 0; casts < linkCredits / 2 - 1; casts += 1) ref.cast("a", {});
  queue.runAll();
  let isCalled = false;
  ref.whenRoom(() => (isCalled = true), linkCredits);
  queue.runAll();
  t.true(isCalled);
});

test("a listener of an unlinked ref is called when it is linked again", (t) => {
  const tasks = new TaskQueue();
  const ref = new LinkRef("right", tasks.schedule);
  let isCalled = false;
  ref.whenRoom(() => (isCalled = true));
  tasks.runAll();
  t.false(isCalled);
  ref.bind(linkPair().left.link);
  tasks.runAll();
  t.true(isCalled);
});
