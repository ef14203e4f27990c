import test from "ava";
import {
  decodeHashRequest,
  encodeHashReject,
  encodeHashRequest,
  encodeHashes,
  hashesBytes,
  isSameHashRequest,
  type HashRequest,
} from "../../src/peer/index.ts";

const request: HashRequest = {
  root: new Uint8Array(32).fill(0xab),
  baseLayer: 2,
  index: 1_024,
  length: 512,
  proofLayers: 10,
};

test("messages are spelled as BEP 52 spells them", (t) => {
  const fields = "ab".repeat(32);
  const numbers = "0000000200000400000002000000000a";
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  t.is(hex(encodeHashRequest(request)), `0000003115${fields}${numbers}`);
  t.is(hex(encodeHashReject(request)), `0000003117${fields}${numbers}`);
  const hashes = new Uint8Array(64).fill(7);
  t.is(hex(encodeHashes(request, hashes)), `0000007116${fields}${numbers}${"07".repeat(64)}`);
});

test("a request is read as it was written", (t) => {
  const numbers = { baseLayer: 2 ** 32 - 1, index: 2 ** 32 - 1, length: 0, proofLayers: 1 };
  for (const each of [request, { ...request, ...numbers }])
    t.deepEqual(decodeHashRequest(encodeHashRequest(each).subarray(5)), each);
});

test("an answer has the hashes of the range and its uncles", (t) => {
  t.is(hashesBytes(request), 49 + 32 * (512 + 2));
  t.is(hashesBytes({ ...request, proofLayers: 0 }), 49 + 32 * 512);
});

test("requests are the same if root and numbers are", (t) => {
  t.true(isSameHashRequest(request, { ...request, root: new Uint8Array(request.root) }));
  const others: Partial<HashRequest>[] = [
    { root: new Uint8Array(32) },
    { baseLayer: 1 },
    { index: 0 },
    { length: 2 },
    { proofLayers: 9 },
  ];
  for (const other of others) t.false(isSameHashRequest(request, { ...request, ...other }));
});
