import test from "ava";
import { sha1, startSha1 } from "../../src/bytes/index.ts";

test("a running hash gives the SHA-1 of all its bytes", (t) => {
  const bytes = new TextEncoder().encode("the quick brown fox");
  const hash = startSha1();
  hash.update(bytes.subarray(0, 7));
  hash.update(bytes.subarray(7));
  t.deepEqual(new Uint8Array(hash.digest()), sha1(bytes));
});
