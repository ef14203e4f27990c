import test from "ava";
import { GrantTurns } from "../../../src/engine/rate-limits/grant-turns.ts";

const block = 16_384;
const hungry = (waitingWeight: number) => ({ waitingWeight, neededBytes: 2 ** 30 });

test("bytes are granted in whole blocks, and a worker that waits for nothing gets none", (t) => {
  const turns = new GrantTurns();
  t.deepEqual(turns.divide(block - 1, [hungry(1)]), [0]);
  t.deepEqual(turns.divide(3 * block + 5, [hungry(1)]), [3 * block]);
  const idle = { waitingWeight: 0, neededBytes: 0 };
  t.deepEqual(turns.divide(3 * block, [idle, hungry(1)]), [0, 3 * block]);
});

test("workers take turns over many refills, each as often as the weight of its waiting peers says", (t) => {
  const turns = new GrantTurns();
  const sums = [0, 0, 0];
  for (let refill = 0; refill < 600; refill++) {
    const grants = turns.divide(block, [hungry(1), hungry(2), hungry(3)]);
    for (const [worker, bytes] of grants.entries()) sums[worker] = (sums[worker] ?? 0) + bytes;
  }
  t.deepEqual(sums, [100 * block, 200 * block, 300 * block]);
});

test("a worker gets no more than it needs, and the others get the rest", (t) => {
  const turns = new GrantTurns();
  const modest = { waitingWeight: 9, neededBytes: block + 1 };
  t.deepEqual(turns.divide(100 * block, [modest, hungry(1)]), [2 * block, 98 * block]);
});

test("a worker that begins to wait does not make up for the time before", (t) => {
  const turns = new GrantTurns();
  const idle = { waitingWeight: 0, neededBytes: 0 };
  for (let refill = 0; refill < 100; refill++) turns.divide(block, [hungry(1), idle]);
  const sums = [0, 0];
  for (let refill = 0; refill < 10; refill++) {
    const [first = 0, second = 0] = turns.divide(block, [hungry(1), hungry(1)]);
    sums[0] = (sums[0] ?? 0) + first;
    sums[1] = (sums[1] ?? 0) + second;
  }
  t.deepEqual(sums, [5 * block, 5 * block]);
});

test("workers whose peers weigh 1, 2, 8 and less than 1 get bytes by their weights", (t) => {
  const turns = new GrantTurns();
  const sums = [0, 0, 0, 0];
  for (let refill = 0; refill < 1_150; refill++) {
    const grants = turns.divide(block, [hungry(1), hungry(2), hungry(8), hungry(0.5)]);
    for (const [worker, bytes] of grants.entries()) sums[worker] = (sums[worker] ?? 0) + bytes;
  }
  t.deepEqual(sums, [100 * block, 200 * block, 800 * block, 50 * block]);
});
