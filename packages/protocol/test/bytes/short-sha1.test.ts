import { createHash } from "node:crypto";
import test from "ava";
import { shortSha1 } from "../../src/bytes/short-sha1.ts";

/** Bytes that are equal in each run. */
function bytesOf(lengthBytes: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, index) => (index * 151 + lengthBytes) & 0xff);
}

function hexOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}

test("the digest of each length up to five blocks is that of OpenSSL", (t) => {
  for (let lengthBytes = 0; lengthBytes <= 320; lengthBytes++) {
    const bytes = bytesOf(lengthBytes);
    t.is(hexOf(shortSha1(bytes)), createHash("sha1").update(bytes).digest("hex"));
  }
});

test("the digest of a long input is that of OpenSSL", (t) => {
  const bytes = bytesOf(100_001);
  t.is(hexOf(shortSha1(bytes)), createHash("sha1").update(bytes).digest("hex"));
});

test("the digest of a part of a buffer and of shared memory is that of its bytes", (t) => {
  const whole = bytesOf(500);
  const shared = new Uint8Array(new SharedArrayBuffer(500));
  shared.set(whole);
  const expected = createHash("sha1").update(whole.subarray(100, 300)).digest("hex");
  t.is(hexOf(shortSha1(whole.subarray(100, 300))), expected);
  t.is(hexOf(shortSha1(shared.subarray(100, 300))), expected);
});
