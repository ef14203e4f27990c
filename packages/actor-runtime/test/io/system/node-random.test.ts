import test from "ava";

import { NodeRandom } from "../../../src/io/system/node-random.ts";

test("numbers stay in their range over several refills of the pool", (t) => {
  const random = new NodeRandom();
  const seen = new Set<number>();
  for (let draw = 0; draw < 5000; draw += 1) {
    const number = random.next();
    t.true(number >= 0 && number < 1);
    seen.add(random.integer(6));
  }
  t.deepEqual(
    [...seen].toSorted((a, b) => a - b),
    [0, 1, 2, 3, 4, 5],
  );
});

test("bytes own their memory and differ", (t) => {
  const random = new NodeRandom();
  const first = random.bytes(20);
  t.is(first.buffer.byteLength, 20);
  t.notDeepEqual(first, random.bytes(20));
});
