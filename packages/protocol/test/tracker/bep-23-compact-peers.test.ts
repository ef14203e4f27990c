import test from "ava";
import fc from "fast-check";
import { formatIp, isMapped } from "../../src/address/index.ts";
import {
  decodeCompact4,
  decodeCompact6,
  encodeCompact4,
  encodeCompact6,
} from "../../src/tracker/index.ts";
import { refuses } from "../support/refusals.ts";

const port = fc.nat(65_535);
const peers4 = fc.array(
  fc.record({ host: fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatIp), port }),
);
const peers6 = fc.array(
  fc.record({
    host: fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .filter((bytes) => !isMapped(bytes))
      .map(formatIp),
    port,
  }),
);

test("an address takes 4 or 16 bytes and a port 2, big-endian", (t) => {
  t.deepEqual(
    [...encodeCompact4([{ host: "192.0.2.1", port: 0x1a_e1 }])],
    [192, 0, 2, 1, 0x1a, 0xe1],
  );
  const bytes = encodeCompact6([{ host: "2001:db8::1", port: 80 }]);
  t.is(Buffer.from(bytes).toString("hex"), "20010db80000000000000000000000010050");
});

test("lists are read as they were written", (t) => {
  fc.assert(
    fc.property(peers4, (peers) => t.deepEqual(decodeCompact4(encodeCompact4(peers)), peers)),
  );
  fc.assert(
    fc.property(peers6, (peers) => t.deepEqual(decodeCompact6(encodeCompact6(peers)), peers)),
  );
});

test("an IPv4 peer in IPv6 form is decoded as an IPv4 peer", (t) => {
  const bytes = new Uint8Array(18);
  bytes.set([0xff, 0xff, 192, 0, 2, 1, 0, 80], 10);
  t.deepEqual(decodeCompact6(bytes), [{ host: "192.0.2.1", port: 80 }]);
});

test("addresses of the other family and names are left out", (t) => {
  const mixed = [
    { host: "192.0.2.1", port: 1 },
    { host: "2001:db8::1", port: 2 },
    { host: "example.org", port: 3 },
  ];
  t.is(encodeCompact4(mixed).length, 6);
  t.is(encodeCompact6(mixed).length, 18);
});

test("case 70: a list that ends inside an address is refused", (t) => {
  for (const length of [1, 5, 7])
    refuses(t, "compact-wrong-length", () => decodeCompact4(new Uint8Array(length)));
  for (const length of [6, 17, 19])
    refuses(t, "compact-wrong-length", () => decodeCompact6(new Uint8Array(length)));
});
