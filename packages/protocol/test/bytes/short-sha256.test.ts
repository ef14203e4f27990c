import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { sha256 } from "../../src/bytes/sha256.ts";
import { shortSha256 } from "../../src/bytes/short-sha256.ts";

const expected = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(bytes).digest());

test("SHA-256 without OpenSSL is that of OpenSSL for any length", (t) => {
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length).fill(length);
    t.deepEqual(shortSha256(bytes), expected(bytes), `${length} bytes`);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
      t.deepEqual(shortSha256(bytes), expected(bytes));
      t.deepEqual(sha256(bytes), expected(bytes));
    }),
    { numRuns: 100 },
  );
});
