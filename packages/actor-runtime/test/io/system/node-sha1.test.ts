import test from "ava";

import { sha1 } from "../../../src/io/system/node-sha1.ts";
import { bytesOfText } from "../../support/text-bytes.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("the parts of a message, one, several or none, are hashed as their concatenation", (t) => {
  const abc = bytesOfText("abc");
  t.is(hex(sha1(abc)), "a9993e364706816aba3e25717850c26c9cd0d89d");
  t.is(hex(sha1(abc.subarray(0, 1), abc.subarray(1))), hex(sha1(abc)));
  t.is(hex(sha1()), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
});

test("shared memory is hashed and the digest owns its memory", (t) => {
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set(bytesOfText("abc"));
  t.is(hex(sha1(shared)), "a9993e364706816aba3e25717850c26c9cd0d89d");
  t.is(sha1(shared).buffer.byteLength, 20);
  t.is(sha1(shared, shared).buffer.byteLength, 20);
});
