import test from "ava";
import fc from "fast-check";
import { decodeExtendedHandshake, encodeExtendedHandshake } from "../../src/peer/index.ts";
import { bencoded, bytesOf, textOf } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

const full = encodeExtendedHandshake({
  client: "Troupe 0.1.0",
  requestQueue: 500,
  port: 6_881,
  yourIp: "192.0.2.1",
  metadataSize: 1_000,
  extensions: { ut_pex: 1 },
});

test("the extended handshake is a whole message: length, 20, 0, dictionary", (t) => {
  t.is(
    textOf(full.subarray(4)),
    "\x14\0d1:md6:ut_pexi1ee13:metadata_sizei1000e1:pi6881e4:reqqi500e1:v12:Troupe 0.1.06:yourip4:\xc0\0\x02\x01e",
  );
  t.is(new DataView(full.buffer).getUint32(0), full.length - 4);
});

test("L12: a handshake without the name of a client has no `v`", (t) => {
  const nameless = encodeExtendedHandshake({ client: "", requestQueue: 500 });
  t.is(textOf(nameless.subarray(6)), "d1:mde4:reqqi500ee");
});

test("an extended handshake is read as it was written", (t) => {
  t.deepEqual(decodeExtendedHandshake(full.subarray(6)), {
    client: "Troupe 0.1.0",
    requestQueue: 500,
    port: 6_881,
    metadataSize: 1_000,
    ownIp: "192.0.2.1",
    extensions: new Map([["ut_pex", 1]]),
  });
  t.deepEqual(decodeExtendedHandshake(bytesOf("de")), { extensions: new Map() });
});

test("any handshake of ours is read as it was written", (t) => {
  const handshake = fc.record({
    client: fc
      .string({ minLength: 1, maxLength: 30 })
      .map((text) => `a${text.replaceAll(" ", "")}`),
    requestQueue: fc.integer({ min: 1, max: 2_000 }),
    port: fc.integer({ min: 1, max: 65_535 }),
    metadataSize: fc.integer({ min: 1, max: 1 << 24 }),
    extensions: fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,20}$/),
      fc.integer({ min: 0, max: 255 }),
    ),
  });
  fc.assert(
    fc.property(handshake, (own) => {
      const read = decodeExtendedHandshake(encodeExtendedHandshake(own).subarray(6));
      t.deepEqual(
        { ...read, extensions: Object.fromEntries(read.extensions) },
        { ...own, extensions: { ...own.extensions } },
      );
    }),
  );
});

test("the peer's address is written in 4 or 16 bytes, and other text is left out", (t) => {
  const ownIpFor = (yourIp: string) =>
    decodeExtendedHandshake(
      encodeExtendedHandshake({ client: "a", requestQueue: 1, yourIp }).subarray(6),
    ).ownIp;
  t.is(ownIpFor("198.51.100.7"), "198.51.100.7");
  t.is(ownIpFor("2001:db8::7"), "2001:db8::7");
  t.is(ownIpFor("::ffff:198.51.100.7"), "198.51.100.7");
  t.is(ownIpFor("example.org"), undefined);
});

test("an address of ours that no host can have is left out", (t) => {
  const read = (...bytes: number[]) =>
    decodeExtendedHandshake(bencoded({ yourip: Uint8Array.from(bytes) })).ownIp;
  t.is(read(203, 0, 113, 9), "203.0.113.9");
  for (const wrong of [
    [],
    [1, 2, 3],
    [0, 0, 0, 0],
    [255, 255, 255, 255],
    Array<number>(16).fill(0),
  ])
    t.is(read(...wrong), undefined);
});

test("case 11: an extended handshake cut or changed anywhere is accepted or refused", (t) => {
  survivesDamage(t, full.subarray(6), decodeExtendedHandshake);
});

test("case 12: a handshake that is not a dictionary is refused", (t) => {
  for (const input of ["le", "i1e", "1:a"]) {
    const error = refuses(t, "field-wrong-type", () => decodeExtendedHandshake(bytesOf(input)));
    t.is(error.details["field"], "handshake");
  }
});

test("case 12: fields of a wrong type are left out", (t) => {
  for (const wrong of [{}, [], bytesOf("x"), -1, 0]) {
    const bytes = bencoded({ m: wrong, metadata_size: wrong, p: wrong, reqq: wrong, v: [] });
    t.deepEqual(decodeExtendedHandshake(bytes), { extensions: new Map() });
  }
});

test("case 53: at most 64 extensions are read, with names of at most 64 bytes", (t) => {
  const names = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, i) => [`ext-${10_000 + i}`, 1]),
  );
  t.is(decodeExtendedHandshake(bencoded({ m: names })).extensions.size, 64);
  t.is(decodeExtendedHandshake(bencoded({ m: { ["a".repeat(65)]: 1 } })).extensions.size, 0);
});

test("case 53: ids over 255 are left out, 0 is kept", (t) => {
  const { extensions } = decodeExtendedHandshake(
    bencoded({ m: { a: 256, b: -1, c: 255, d: 0, e: 2 ** 40 } }),
  );
  t.deepEqual(
    [...extensions],
    [
      ["c", 255],
      ["d", 0],
    ],
  );
});

test("case 53: a request queue of 2³¹ is clamped", (t) => {
  t.is(decodeExtendedHandshake(bencoded({ reqq: 2 ** 31 })).requestQueue, 2_000);
});

test("case 53: a handshake over 64 KiB is refused", (t) => {
  refuses(t, "bencode-too-long", () => decodeExtendedHandshake(new Uint8Array(1_048_576)));
});

test("case 28: a client's name is cleaned and cut", (t) => {
  const read = (v: string) => decodeExtendedHandshake(bencoded({ v })).client;
  t.is(read("evil\u001b[2J\n\u202e"), "evil[2J");
  t.is(read("a".repeat(1_000))?.length, 64);
  t.is(read("\u0000"), undefined);
});
