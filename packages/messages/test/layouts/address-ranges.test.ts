import test from "ava";
import fc from "fast-check";
import { formatIp } from "@troupe/protocol/address";
import { AddressRanges } from "../../src/index.ts";
import { rangesOf } from "../support/drawn-ranges.ts";

const ranges = new AddressRanges(
  rangesOf(
    "0.0.0.1",
    "8.0.0.0-8.0.0.255",
    "255.255.255.255",
    "::8",
    "2001:db8::-2001:db8:0:ffff::",
  ),
);

for (const [host, isIn] of [
  ["0.0.0.0", false],
  ["0.0.0.1", true],
  ["0.0.0.2", false],
  ["7.255.255.255", false],
  ["8.0.0.0", true],
  ["8.0.0.255", true],
  ["8.0.1.0", false],
  ["255.255.255.254", false],
  ["255.255.255.255", true],
  ["::7", false],
  ["::8", true],
  ["::9", false],
  ["2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", false],
  ["2001:db8::", true],
  ["2001:db8:0:1:8000::%eth0", true],
  ["2001:db8:0:ffff::", true],
  ["2001:db8:0:ffff::1", false],
  // The IPv4 address of an IPv6 address counts as well.
  ["::ffff:8.0.0.1", true],
  ["64:ff9b::8.0.0.1", true],
  ["2002:800:1:5::1", true],
  ["::ffff:8.0.1.1", false],
  ["::1", false],
  ["", false],
  ["peer.example", false],
  ["08.0.0.1", false],
] as const) {
  test(`${host} is ${isIn ? "" : "not "}in the ranges`, (t) => {
    t.is(ranges.has(host), isIn);
  });
}

test("no address is in an empty list", (t) => {
  const empty = AddressRanges.allocate(0, 0);
  t.is(empty.count, 0);
  t.false(empty.has("0.0.0.0") || empty.has("::"));
});

test("an IPv4 range takes 8 bytes, an IPv6 range 32", (t) => {
  t.is(AddressRanges.allocate(1_000, 0).memory.byteLength, 8 + 8_000);
  t.is(AddressRanges.allocate(0, 1_000).memory.byteLength, 8 + 32_000);
  t.is(ranges.count, 5);
});

test("a long list has the addresses of its ranges and no other ones, also where a range is long", (t) => {
  // Some upper halves have no range, some have thousands, and a range goes over several.
  const long = AddressRanges.allocate(5_001, 0);
  for (let i = 0; i < 5_000; i++) {
    long.ip4Firsts[i] = 0x0a_00_00_00 + 8 * i;
    long.ip4Lasts[i] = 0x0a_00_00_00 + 8 * i + 1;
  }
  long.ip4Firsts[5_000] = 0x0b_00_ff_ff;
  long.ip4Lasts[5_000] = 0xff_ff_00_00;
  for (let i = 0; i < 5_000; i++) {
    const [first, last] = [0x0a_00_00_00 + 8 * i, 0x0a_00_00_00 + 8 * i + 1];
    t.true(long.has(ip4(first)) && long.has(ip4(last)));
    t.false(long.has(ip4(first - 1)) || long.has(ip4(last + 1)));
  }
  for (const host of ["11.0.255.255", "11.1.0.0", "99.0.0.1", "255.254.255.255", "255.255.0.0"]) {
    t.true(long.has(host), host);
  }
  for (const host of ["0.0.0.0", "9.255.255.255", "11.0.255.254", "255.255.0.1"]) {
    t.false(long.has(host), host);
  }
});

test("every address of a range is in the list, and no other one", (t) => {
  const address = fc.nat({ max: 5_000 });
  fc.assert(
    fc.property(
      fc.uniqueArray(address, { minLength: 2, maxLength: 40 }),
      address,
      (ends, asked) => {
        const sorted = ends.toSorted((a, b) => a - b);
        const pairs = Array.from({ length: sorted.length >> 1 }, (_, i) =>
          sorted.slice(2 * i, 2 * i + 2),
        );
        const drawn = pairs.map(([first = 0, last = 0]) => `${ip4(first)}-${ip4(last)}`);
        const isIn = pairs.some(([first = 0, last = 0]) => first <= asked && asked <= last);
        return new AddressRanges(rangesOf(...drawn)).has(ip4(asked)) === isIn;
      },
    ),
  );
  t.pass();
});

function ip4(value: number): string {
  return formatIp(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
}
