import test from "ava";
import { localWire } from "../../src/links/local-wire.ts";
import { EntryKind, type Frame } from "../../src/links/wire.ts";
import { wireSuite } from "../support/wire-suite.ts";

wireSuite(test, "local", () => localWire((task) => void setImmediate(task)));

test("frames keep their order when their tasks do not", (t) => {
  const tasks: (() => void)[] = [];
  const [a, b] = localWire((task) => tasks.push(task));
  const arrived: unknown[] = [];
  b.open(([, , , entries]) => arrived.push(entries[0]?.[2]));
  for (const message of [1, 2, 3]) {
    const frame: Frame = [1, 1, 0, [[EntryKind.cast, "a", message]]];
    a.send(frame);
  }
  for (const task of tasks.toReversed()) task();
  t.deepEqual(arrived, [1, 2, 3]);
});

test("a message is a copy, taken when it is sent", (t) => {
  const tasks: (() => void)[] = [];
  const [a, b] = localWire((task) => tasks.push(task));
  const arrived: unknown[] = [];
  b.open(([, , , entries]) => arrived.push(entries[0]?.[2]));
  const message = { list: [1] };
  a.send([1, 1, 0, [[EntryKind.cast, "a", message]]]);
  message.list.push(2);
  for (const task of tasks) task();
  t.deepEqual(arrived, [{ list: [1] }]);
});
