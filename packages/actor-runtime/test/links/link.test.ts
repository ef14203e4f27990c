import test from "ava";
import { LinkEnd } from "../../src/links/link.ts";
import { linkCredits, outstandingCalls, waitingNotices } from "../../src/limits.ts";
import { localWire } from "../../src/links/local-wire.ts";
import { EntryKind, type Frame, type Wire } from "../../src/links/wire.ts";
import { ManualTime } from "../support/testing/index.ts";
import { linkPair, planOf, RecordingOwner, recordedEnd, TaskQueue } from "../support/link-pair.ts";
import { rejection } from "../support/rejection.ts";

test("messages of one turn are sent in one frame, in order", (t) => {
  const frames: Frame[] = [];
  const tasks: (() => void)[] = [];
  const wire: Wire = {
    send: (frame) => frames.push(frame),
    open: () => {},
    soon: (task) => tasks.push(task),
    drain: () => {},
    close: () => {},
  };
  const { link } = recordedEnd(planOf("left", "right"), wire, new ManualTime());
  link.cast("a", 1);
  link.notice("b", 2);
  void link.call("c", 3).catch(() => {});
  t.is(frames.length, 0);
  for (const task of tasks) task();
  t.deepEqual(frames, [
    [
      1,
      1,
      0,
      [
        [EntryKind.cast, "a", 1],
        [EntryKind.notice, "b", 2],
        [EntryKind.call, "c", 3, 1],
      ],
    ],
  ]);
});

test("casts, notices and calls reach the other end in order", (t) => {
  const { left, right, queue } = linkPair();
  left.link.cast("a", 1);
  left.link.notice("b", 2);
  void left.link.call("c", 3);
  queue.runAll();
  t.deepEqual(right.owner.heard, [
    ["cast", "a", 1],
    ["notice", "b", 2],
    ["call", "c", 3],
  ]);
});

test("a call resolves with the answer", async (t) => {
  const { left, right, queue } = linkPair();
  right.owner.answer = (name, message) => ({ name, message });
  const answer = left.link.call("sum", [1, 2]);
  queue.runAll();
  t.deepEqual(await answer, { name: "sum", message: [1, 2] });
});

test("a handler that throws rejects the call and ends its actor", async (t) => {
  const { left, right, queue } = linkPair();
  const cause = Object.assign(new Error("disk is full"), { code: "ENOSPC" });
  right.owner.answer = () => {
    throw cause;
  };
  const error = rejection(left.link.call("write", {}));
  queue.runAll();
  t.like(await error, { code: "ENOSPC", message: "disk is full" });
  t.deepEqual(right.owner.failures, [cause]);
});

test("a message that is not plain data fails its sender", (t) => {
  const { left, queue } = linkPair();
  left.link.cast("a", Symbol("not data"));
  queue.runAll();
  t.is(left.owner.failures.length, 1);
});

test("a call without answer rejects at its deadline, and a late answer changes nothing", async (t) => {
  const { left, right, queue, time } = linkPair();
  const late = Promise.withResolvers<string>();
  right.owner.answer = () => late.promise;
  const error = rejection(left.link.call("slow", {}, { deadlineMs: 200 }));
  queue.runAll();
  await time.pass(199);
  t.is(time.pending, 1);
  await time.pass(1);
  t.like(await error, { code: "call-deadline", operation: "slow", details: { deadlineMs: 200 } });
  late.resolve("too late");
  await time.pass(0);
  queue.runAll();
  t.is(left.owner.failures.length, 0);
});

test("a call without a deadline has five seconds", async (t) => {
  const { left, time } = linkPair();
  const error = rejection(left.link.call("slow", {}));
  await time.pass(4_999);
  t.is(time.pending, 1);
  await time.pass(1);
  t.is((await error).code, "call-deadline");
});

test("an answered call leaves no timer", async (t) => {
  const { left, queue, time } = linkPair();
  const answer = left.link.call("echo", 1);
  queue.runAll();
  await answer;
  t.is(time.pending, 0);
});

test("a receiver that stalls stops its sender, and the queue stays bounded", (t) => {
  const { left, right, queue } = linkPair();
  let sent = 0;
  while (left.link.credits > 0) {
    left.link.cast("block", sent);
    sent += 1;
  }
  t.is(sent, linkCredits);
  t.is(left.link.unconfirmed, linkCredits);
  t.throws(() => left.link.cast("block", sent), { message: /1024 are allowed/ });
  t.is(right.owner.heard.length, 0);

  queue.runAll();
  t.is(right.owner.heard.length, linkCredits);
  t.true(left.link.credits >= linkCredits / 2);
  t.true(left.owner.rooms > 0);
});

test("credits travel with answers, and alone when half a window is owed", (t) => {
  const { left, right, queue } = linkPair();
  for (let casts = 0; casts < linkCredits / 2 - 1; casts += 1) left.link.cast("a", casts);
  queue.runAll();
  t.is(left.link.credits, linkCredits / 2 + 1);
  right.link.cast("b", 1);
  queue.runAll();
  t.is(left.link.credits, linkCredits);

  for (let casts = 0; casts < linkCredits / 2; casts += 1) left.link.cast("a", casts);
  queue.runAll();
  t.is(left.link.credits, linkCredits);
});

test("a call holds its credit until it is answered", async (t) => {
  const { left, right, queue, time } = linkPair();
  const held = Promise.withResolvers<number>();
  right.owner.answer = () => held.promise;
  const answer = left.link.call("slow", {});
  queue.runAll();
  right.link.cast("b", 1);
  queue.runAll();
  t.is(left.link.credits, linkCredits - 1);
  held.resolve(7);
  await time.pass(0);
  queue.runAll();
  t.is(await answer, 7);
  t.is(left.link.credits, linkCredits);
});

test("notices wait for credits within one more window, then fail their sender", (t) => {
  const { left, right, queue } = linkPair();
  for (let notices = 0; notices < linkCredits + waitingNotices; notices += 1) {
    left.link.notice("done", notices);
  }
  t.is(left.link.credits, 0);
  t.throws(() => left.link.notice("done", -1), { message: /cannot announce "done" to right/ });
  queue.runAll();
  t.deepEqual(
    right.owner.heard.map(([, , message]) => message),
    Array.from({ length: linkCredits + waitingNotices }, (_, notice) => notice),
  );
});

test("no cast overtakes a waiting notice", (t) => {
  const { left, right, queue } = linkPair();
  for (let notices = 0; notices < linkCredits + 1; notices += 1) left.link.notice("done", notices);
  t.throws(() => left.link.cast("a", 1));
  queue.runAll();
  left.link.cast("a", 1);
  queue.runAll();
  t.deepEqual(right.owner.heard.at(-1), ["cast", "a", 1]);
});

test("calls without answer are bounded, and so are the answers under way", async (t) => {
  const { left, right, queue, time } = linkPair();
  right.owner.answer = () => new Promise(() => {});
  const calls = Array.from({ length: outstandingCalls }, () => rejection(left.link.call("a", {})));
  const error = await rejection(left.link.call("a", {}));
  t.like(error, { code: "mailbox-overflow", details: { allowed: outstandingCalls } });
  queue.runAll();
  await time.pass(5_000);
  await Promise.all(calls);
  t.pass();
});

for (const [what, from, to] of [
  ["of", 0, 1],
  ["for", 1, 0],
] as const) {
  test(`a frame ${what} a dead epoch is dropped with its credits`, (t) => {
    const { left, right, queue } = linkPair();
    left.link.cast("a", 1);
    queue.runAll();
    const before = left.link.credits;
    right.wire.send([from, to, 1, [[EntryKind.cast, "late", {}]]]);
    queue.runAll();
    t.deepEqual(left.owner.heard, []);
    t.is(left.link.credits, before);
  });
}

test("a closed end rejects its calls and drops its messages", async (t) => {
  const { left, right, queue, time } = linkPair();
  const error = rejection(left.link.call("a", {}));
  right.link.cast("b", 1);
  left.link.close();
  t.like(await error, { code: "actor-gone", details: { actor: "right" } });
  t.like(await rejection(left.link.call("a", {})), { code: "actor-gone" });
  left.link.cast("a", 1);
  queue.runAll();
  t.deepEqual(left.owner.heard, []);
  t.deepEqual(right.owner.heard, []);
  t.is(left.link.credits, 0);
  t.is(time.pending, 0);
});

test("an end that drains before it closes gets the last messages", (t) => {
  const { left, right } = linkPair();
  right.link.cast("last", 1);
  right.link.flush();
  right.link.close();
  left.link.drain();
  left.link.close();
  t.deepEqual(left.owner.heard, [["cast", "last", 1]]);
});

test("messages after the message that ended the actor are not handled", (t) => {
  const { left, right, queue } = linkPair();
  right.owner.onCast = () => {
    right.link.close();
  };
  left.link.cast("a", 1);
  left.link.notice("b", 2);
  queue.runAll();
  t.deepEqual(right.owner.heard, []);
});

test("an end that is open for answers gets them, and holds back messages until it is released", async (t) => {
  const time = new ManualTime();
  const queue = new TaskQueue();
  const [leftWire, rightWire] = localWire(queue.schedule);
  const right = recordedEnd(planOf("right", "left"), rightWire, time);
  const owner = new RecordingOwner();
  const left = new LinkEnd(planOf("left", "right"), leftWire, time, owner);
  left.openForAnswers();
  right.link.cast("early", 1);
  const answer = left.call("echo", 5);
  queue.runAll();
  t.is(await answer, 5);
  t.deepEqual(owner.heard, []);
  left.release();
  right.link.cast("later", 2);
  queue.runAll();
  t.deepEqual(owner.heard, [
    ["cast", "early", 1],
    ["cast", "later", 2],
  ]);
});
