import test from "ava";
import fc from "fast-check";
import { isIP } from "node:net";
import { canonicalHost, formatIp, ip4Number, isMapped, parseIp } from "../../src/address/index.ts";

for (const [text, canonical] of [
  ["0.0.0.0", "0.0.0.0"],
  ["192.0.2.255", "192.0.2.255"],
  ["::", "::"],
  ["::1", "::1"],
  ["1::", "1::"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
] as const) {
  test(`${text} is written ${canonical}`, (t) => {
    const bytes = parseIp(text);
    t.is(bytes && formatIp(bytes), canonical);
  });
}

for (const text of [
  "",
  "1.2.3",
  "1.2.3.4.5",
  "256.1.1.1",
  "01.2.3.4",
  "1.2.3.-4",
  "1.2.3.4 ",
  ":",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7::8:9",
  "12345::",
  "g::",
  "::1.2.3",
  "1.2.3.4::",
  "::1%eth0",
  "[::1]",
  "localhost",
  "1:2:3:4:5:6:7:8::",
  "::1:2:3:4:5:6:7:8",
]) {
  test(`"${text}" is not an address`, (t) => {
    t.is(parseIp(text), undefined);
  });
}

test("every address is parsed as it was written, and Node accepts it", (t) => {
  const ip = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc
      .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
      .map((bytes) => Uint8Array.from(bytes)),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(
    fc.property(ip, (bytes) => {
      const text = formatIp(bytes);
      t.not(isIP(text), 0);
      t.deepEqual(parseIp(text), bytes.length === 16 && isMapped(bytes) ? bytes.slice(12) : bytes);
    }),
    { numRuns: 500 },
  );
});

test("exactly the addresses that Node accepts are accepted", (t) => {
  const soup = fc.array(fc.constantFrom("1", "0", "a", "f", ":", "::", ".", "255"), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(soup, (parts) => {
      const text = parts.join("");
      t.is(parseIp(text) !== undefined, isIP(text) !== 0, text);
    }),
    { numRuns: 5_000 },
  );
});

test("an address has one canonical text, and a name is its own", (t) => {
  const texts = {
    "2001:DB8:0:0:0:0:0:1": "2001:db8::1",
    "2001:db8:0:1:0:1:0:1": "2001:db8:0:1:0:1:0:1",
    "::FFFF:203.0.113.7": "203.0.113.7",
    "203.0.113.7": "203.0.113.7",
    "Router.Example": "Router.Example",
  };
  for (const [text, canonical] of Object.entries(texts)) t.is(canonicalHost(text), canonical);
});

test("an IPv4 address is a number of 32 bits; an IPv6 address is none", (t) => {
  t.is(ip4Number("255.0.0.1"), 0xff_00_00_01);
  t.is(ip4Number("::1"), undefined);
  t.is(ip4Number("1.2.3.4."), undefined);
});
