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
