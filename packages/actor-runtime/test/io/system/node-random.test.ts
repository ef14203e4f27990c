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

test("draws of bytes own their memory and differ over several refills of the pool", (t) => {
  const random = new NodeRandom();
  const seen = new Set<string>();
  for (let draw = 0; draw < 2_000; draw++) {
    const lengthBytes = 20 + (draw % 1_500);
    const drawn = random.bytes(lengthBytes);
    t.is(drawn.byteLength, lengthBytes);
    t.is(drawn.buffer.byteLength, lengthBytes);
    t.true(drawn.some((byte) => byte !== 0));
    seen.add(Buffer.from(drawn.subarray(0, 20)).toString("hex"));
  }
  t.is(seen.size, 2_000);
});

test("bytes own their memory and differ", (t) => {
  const random = new NodeRandom();
  const first = random.bytes(20);
  t.is(first.buffer.byteLength, 20);
  t.notDeepEqual(first, random.bytes(20));
});
