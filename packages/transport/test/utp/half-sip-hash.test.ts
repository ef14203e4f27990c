import test from "ava";

import { halfSipHash } from "../../src/utp/half-sip-hash.ts";

test("the hashes of 0 to 3 bytes are those that the authors publish", (t) => {
  const key = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  const hashes = [0, 1, 2, 3].map((length) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(halfSipHash(key, Uint8Array.of(0, 1, 2, 3), length));
    return bytes.toString("hex");
  });
  t.deepEqual(hashes, ["a9359f5b", "27475ab8", "fa62a603", "8afee704"]);
});
