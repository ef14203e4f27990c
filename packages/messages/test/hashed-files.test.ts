import test from "ava";
import { packHashedFiles, unpackHashedFiles } from "../src/hashed-files.ts";

test("files that were hashed come through a message as they were, also from before 1970 and out of a shared buffer", (t) => {
  const file = {
    device: 1n,
    inode: 2n ** 64n - 1n,
    lengthBytes: 2 ** 50,
    mtimeNs: 5n,
    ctimeNs: 7n,
  };
  const files = [file, undefined, { ...file, lengthBytes: 0 }];
  const packed = packHashedFiles(files);
  t.is(packed.length, 120);
  // A frame of a link gives a view at any address.
  const frame = Buffer.alloc(packed.length + 3);
  frame.set(packed, 3);
  t.deepEqual(unpackHashedFiles(frame.subarray(3)), files);
  const [old] = unpackHashedFiles(packHashedFiles([{ ...file, mtimeNs: -1n }]));
  t.is(old?.mtimeNs, 2n ** 64n - 1n);
});
