import test from "ava";
import fc from "fast-check";
import {
  decodeExtendedHandshake,
  decodeOtherFields,
  encodeExtendedHandshake,
  encodeExtensionPayload,
} from "../../src/peer/index.ts";
import { bencoded, bytesOf, textOf } from "../support/bytes.ts";

test("AE27: fields that we do not read ourselves come back, text as bytes", (t) => {
  const fields = { x_name: bytesOf("Ada"), x_list: [1, [], { of: bytesOf("x") }], x_zero: 0 };
  const message = encodeExtendedHandshake({
    client: "Troupe",
    requestQueue: 500,
    uploadOnly: true,
    metadataSize: 9,
    port: 1,
    yourIp: "192.0.2.1",
    otherFields: fields,
  });
  const payload = message.subarray(6);
  t.deepEqual(decodeOtherFields(payload), fields);
  t.is(decodeExtendedHandshake(payload).client, "Troupe");
});

test("AE27: fields of BEP 10, long fields, and values that cannot be told exactly are left out", (t) => {
  const payload = bencoded({
    e: 1,
    ipv4: bytesOf("abcd"),
    ipv6: bytesOf("abcd"),
    reqq: 1,
    x_long: bytesOf("y".repeat(1_024)),
    x_short: bytesOf("y".repeat(1_000)),
  });
  t.deepEqual(Object.keys(decodeOtherFields(payload)), ["x_short"]);
  t.deepEqual(decodeOtherFields(bytesOf("d1:xi9007199254740993ee")), {});
  t.deepEqual(decodeOtherFields(bytesOf("d1:xli1ei9007199254740993eee")), {});
  t.deepEqual(decodeOtherFields(bytesOf("d1:xd1:\u0001i1eee")), {});
  t.deepEqual(decodeOtherFields(bytesOf("d1:\u0001i1e1:yi2ee")), { y: 2 });
});

test("AE27: sixteen fields are read, and a key of an object's prototype is a key", (t) => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`x${10 + at}`, at]));
  t.is(Object.keys(decodeOtherFields(bencoded(many))).length, 16);
  const fields = decodeOtherFields(bytesOf("d9:__proto__i1ee"));
  t.deepEqual(Object.keys(fields), ["__proto__"]);
  t.is(Object.getPrototypeOf(fields), Object.prototype);
});

test("AE27: the fields of every accepted handshake are read without an error", (t) => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.integer(),
      fc.uint8Array({ maxLength: 40 }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: "grapheme-ascii" }), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  const handshake = fc.dictionary(fc.string({ unit: "grapheme-ascii", maxLength: 5 }), value);
  fc.assert(
    fc.property(handshake, (fields) => {
      const payload = bencoded(fields);
      decodeExtendedHandshake(payload);
      return Object.keys(decodeOtherFields(payload)).length <= 16;
    }),
  );
  t.pass();
});

test("AE27: a payload follows its ids", (t) => {
  t.is(textOf(encodeExtensionPayload(7, bytesOf("abc"))), "\0\0\0\x05\x14\x07abc");
});
