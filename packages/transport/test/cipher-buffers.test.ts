import test from "ava";

import { CipherBuffers } from "../src/cipher-buffers.ts";

test("a buffer that was given back is taken again, for a message and for a block", (t) => {
  const buffers = new CipherBuffers();
  const [message, block] = [buffers.take(17), buffers.take(16_397)];
  t.true(message.length >= 17 && message.length < block.length);
  t.true(block.length >= 16_397);
  buffers.give(message);
  buffers.give(block);
  t.is(buffers.take(400), message);
  t.is(buffers.take(1_000), block);
  t.not(buffers.take(1_000), block);
});

test("longer bytes get memory of their own, which is not kept", (t) => {
  const buffers = new CipherBuffers();
  const long = buffers.take(70_000);
  t.is(long.length, 70_000);
  buffers.give(long);
  t.not(buffers.take(70_000), long);
});

test("of many free buffers a bounded number is kept", (t) => {
  const buffers = new CipherBuffers();
  const taken = Array.from({ length: 200 }, () => buffers.take(16_397));
  for (const buffer of taken) buffers.give(buffer);
  const again = new Set(Array.from({ length: 200 }, () => buffers.take(16_397)));
  t.is(taken.filter((buffer) => again.has(buffer)).length, 128);
});
