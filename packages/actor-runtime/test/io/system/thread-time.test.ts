import test from "ava";
import { parseThreadTime, systemThreadId, threadTime } from "../../../src/io/system/thread-time.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("a thread that works is ready, and its time passes", (t) => {
  const id = systemThreadId();
  const beforeMs = threadTime(id)?.usedMs ?? Infinity;
  const hasWorked = () => (threadTime(id)?.usedMs ?? 0) >= beforeMs + 20;
  while (!hasWorked());
  t.true(threadTime(id)?.isReady);
});

test("a thread that is not there has no time", (t) => {
  t.is(threadTime(0), undefined);
  t.is(threadTime(2 ** 30), undefined);
});

const rest = "1 2 3 4 5 6 7 8 9 10 150 25 0 0";

test("the state and the time of a thread stand behind its name, which may look like them", (t) => {
  t.deepEqual(parseThreadTime(`12 (S) R 1) S ${rest}`), { isReady: false, usedMs: 1_750 });
  t.deepEqual(parseThreadTime(`12 (peer-0) R ${rest}`), { isReady: true, usedMs: 1_750 });
});

test("a text without times has none", (t) => {
  t.is(parseThreadTime(""), undefined);
  t.is(parseThreadTime("12 (peer-0) R 1 2 3"), undefined);
});
