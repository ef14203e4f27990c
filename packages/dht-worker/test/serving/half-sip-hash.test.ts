import test from "ava";

import { halfSipHash, halfSipKey } from "../../src/serving/half-sip-hash.ts";

/** The vectors of the algorithm's authors: key 00 01 … 07, input 00 01 …, of these lengths. */
const vectors: readonly (readonly [lengthBytes: number, hash: string])[] = [
  [0, "218d1f59b9b83cc8"],
  [1, "be552412f8387315"],
  [3, "ce0f1a45f7060679"],
  [4, "d5e78a175be52ea1"],
  [20, "1bf52b0a6feea7db"],
  [63, "2ea63c71bf326087"],
];

test("HalfSipHash-2-4 gives the hashes of its authors", (t) => {
  const key = halfSipKey(Uint8Array.from({ length: 8 }, (_, at) => at));
  for (const [lengthBytes, hash] of vectors) {
    const input = Uint8Array.from({ length: lengthBytes }, (_, at) => at);
    t.is(Buffer.from(halfSipHash(key, input)).toString("hex"), hash);
  }
});
