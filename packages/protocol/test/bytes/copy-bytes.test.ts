import test from "ava";
import fc from "fast-check";
import { copyBytes } from "../../src/bytes/copy-bytes.ts";

test("a run of bytes is copied as `set` would, between plain and shared memory, Buffers or not", (t) => {
  const memories = [
    () => new Uint8Array(64),
    () => new Uint8Array(new SharedArrayBuffer(64)),
    () => Buffer.alloc(64),
  ];
  const memory = fc.constantFrom(...memories);
  fc.assert(
    fc.property(
      memory,
      memory,
      fc.nat(32),
      fc.nat(32),
      fc.nat(32),
      (from, to, start, length, at) => {
        const source = from().map((_, i) => i + 1);
        const [target, expected] = [to(), to()];
        copyBytes(source, start, start + length, target, at);
        expected.set(source.subarray(start, start + length), at);
        t.deepEqual(target, expected);
      },
    ),
    { numRuns: 500 },
  );
});
