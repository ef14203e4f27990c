import test from "ava";
import { WaitingEvents } from "../../src/program/waiting-events.ts";

const event = { kind: "added", data: {} };

test("events are taken once, in their order", (t) => {
  const waiting = new WaitingEvents();
  waiting.push({ kind: "added", data: {} });
  waiting.push({ kind: "removed", data: {} });
  const batch = waiting.take();
  t.deepEqual(
    batch?.events.map(({ kind }) => kind),
    ["added", "removed"],
  );
  t.false(batch?.areMissing);
  t.is(waiting.take(), undefined);
});

test("the 10,001st waiting event drops those before it, and the batch says so once", (t) => {
  const waiting = new WaitingEvents();
  for (let count = 0; count < 10_001; count++) waiting.push(event);
  const batch = waiting.take();
  t.is(batch?.events.length, 1);
  t.true(batch?.areMissing);
  waiting.push(event);
  t.false(waiting.take()?.areMissing);
});
