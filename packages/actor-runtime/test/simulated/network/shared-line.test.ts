import test from "ava";

import { LineQueue } from "../../../src/simulated/network/line-queue.ts";
import { SharedLine, segmentBytes } from "../../../src/simulated/network/shared-line.ts";
import { Scheduler } from "../../../src/simulated/scheduler.ts";

/** A line of 1 byte a millisecond. */
function lineBench() {
  const scheduler = new Scheduler();
  const passed: string[] = [];
  const line = new SharedLine(scheduler, 1_000);
  /** Adds segments of these lengths, under a name. */
  const add = (queue: LineQueue, name: string, ...lengths: readonly number[]): boolean[] =>
    lengths.map((lengthBytes) =>
      queue.add(lengthBytes, () => passed.push(`${name} ${scheduler.nowMs}`)),
    );
  return { scheduler, line, passed, add };
}

test("a segment takes its time, and one without bytes takes none", async (t) => {
  const { scheduler, line, passed, add } = lineBench();
  const queue = new LineQueue(line);
  add(queue, "first", 0);
  add(queue, "later", 10, 0, 20);
  t.deepEqual(passed, ["first 0"]);
  await scheduler.run(100);
  t.deepEqual(passed, ["first 0", "later 10", "later 10", "later 30"]);
});

test("a user with short segments gets as many bytes as one with long segments", async (t) => {
  const { scheduler, line, passed, add } = lineBench();
  const [long, short] = [new LineQueue(line), new LineQueue(line)];
  add(long, "long", ...Array.from({ length: 10 }, () => segmentBytes));
  add(short, "short", ...Array.from({ length: 40 }, () => segmentBytes / 4));
  await scheduler.run(10 * segmentBytes);
  const count = (name: string): number => passed.filter((line) => line.startsWith(name)).length;
  t.deepEqual([count("long"), count("short")], [5, 20]);
});

test("a short message waits for one segment of each other user", async (t) => {
  const { scheduler, line, passed, add } = lineBench();
  for (let user = 0; user < 3; user++) {
    add(new LineQueue(line), "long", segmentBytes, segmentBytes, segmentBytes);
  }
  add(new LineQueue(line), "request", 17);
  await scheduler.run(4 * segmentBytes);
  t.is(passed[3], `request ${3 * segmentBytes + 17}`);
});

test("a full queue drops, and an abandoned one leaves the line", async (t) => {
  const { scheduler, line, passed, add } = lineBench();
  const queue = new LineQueue(line, 100);
  t.deepEqual(add(queue, "kept", 60, 50, 40), [true, false, true]);
  await scheduler.run(100);
  t.deepEqual(add(queue, "later", 100), [true]);
  queue.abandon();
  add(new LineQueue(line), "other", 10);
  await scheduler.run(300);
  t.deepEqual(passed, ["kept 60", "kept 100", "later 200", "other 210"]);
});
