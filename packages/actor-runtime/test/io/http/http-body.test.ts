import { gzipSync } from "node:zlib";

import test from "ava";

import { BodyTooLarge, inflateBody, readBody } from "../../../src/io/http/http-body.ts";

async function* chunks(...lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) yield new Uint8Array(length).fill(length);
}

test("a body of exactly the bound passes, one byte more does not", async (t) => {
  t.deepEqual(await readBody(chunks(1, 2), 3), Uint8Array.of(1, 2, 2));
  await t.throwsAsync(readBody(chunks(1, 3), 3), { instanceOf: BodyTooLarge });
  t.is((await readBody(chunks(), 0)).byteLength, 0);
});

test("inflating stops at the bound", (t) => {
  const sent = gzipSync(new Uint8Array(100));
  t.is(inflateBody(sent, "gzip", 100).byteLength, 100);
  t.throws(() => inflateBody(sent, "gzip", 99), { instanceOf: BodyTooLarge });
  t.throws(() => inflateBody(sent, "gzip", 0), { instanceOf: BodyTooLarge });
});

test("an empty body needs no inflating", (t) => {
  t.is(inflateBody(new Uint8Array(0), "gzip", 100).byteLength, 0);
});

test("a chunk is not used after the next chunk arrives", async (t) => {
  async function* lent(): AsyncGenerator<Uint8Array> {
    const chunk = new Uint8Array(1);
    for (let n = 0; n < 100_000; n++) {
      chunk[0] = n & 255;
      yield chunk;
    }
  }
  const body = await readBody(lent(), 100_000);
  t.deepEqual(
    body,
    Uint8Array.from({ length: 100_000 }, (_, n) => n & 255),
  );
  t.is(body.buffer.byteLength, 100_000);
});
