import test from "ava";

import { WriteQueue } from "../../../src/simulated/network/write-queue.ts";

test("bytes are sent in order, and each write is returned with its last byte", (t) => {
  const queue = new WriteQueue();
  const back: string[] = [];
  for (const [name, bytes] of [
    ["ab", [1, 2]],
    ["nothing", []],
    ["cde", [3, 4, 5]],
  ] as const) {
    queue.add(Uint8Array.from(bytes), () => back.push(name));
  }
  const take = (lengthBytes: number): number[] => {
    const { chunk, written } = queue.take(lengthBytes);
    for (const task of written) task();
    return [...chunk];
  };
  t.is(queue.queuedBytes, 5);
  t.deepEqual(take(1), [1]);
  t.deepEqual(back, []);
  t.deepEqual(take(2), [2, 3]);
  t.deepEqual(back, ["ab", "nothing"]);
  t.deepEqual(take(100), [4, 5]);
  t.deepEqual(back, ["ab", "nothing", "cde"]);
  t.is(queue.queuedBytes, 0);
});

test("taken bytes are a copy", (t) => {
  const queue = new WriteQueue();
  const bytes = Uint8Array.of(1, 2);
  queue.add(bytes, undefined);
  const { chunk } = queue.take(2);
  bytes.fill(9);
  t.deepEqual([...chunk], [1, 2]);
});

test("clearing returns every write", (t) => {
  const queue = new WriteQueue();
  let back = 0;
  queue.add(Uint8Array.of(1, 2), () => (back += 1));
  queue.add(Uint8Array.of(3), undefined);
  queue.take(1);
  for (const task of queue.clear()) task();
  t.is(back, 1);
  t.is(queue.queuedBytes, 0);
  t.deepEqual(queue.clear(), []);
});
