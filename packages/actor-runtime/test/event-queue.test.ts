import test from "ava";
import fc from "fast-check";

import { EventQueue } from "../src/event-queue.ts";

test("events leave by time, then in the order in which they came", (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
      const queue = new EventQueue();
      const events = times.map((timeMs, sequence) => ({ timeMs, sequence, task: () => {} }));
      for (const event of events) queue.add(event);
      const left = events.map(() => queue.take());
      const ordered = events.toSorted((a, b) => a.timeMs - b.timeMs || a.sequence - b.sequence);
      t.deepEqual(left, ordered);
      t.is(queue.take(), undefined);
    }),
    { numRuns: 50 },
  );
});

test("cancelled events are passed over", (t) => {
  const queue = new EventQueue();
  const task = (): void => {};
  queue.add({ timeMs: 1, sequence: 0, task: undefined });
  queue.add({ timeMs: 2, sequence: 1, task });
  t.is(queue.peek()?.timeMs, 2);
  t.is(queue.take()?.timeMs, 2);
  t.is(queue.size, 0);
});
