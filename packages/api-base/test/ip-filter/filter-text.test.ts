import test from "ava";
import { drawnRanges } from "@troupe/messages/testing";
import { FilterRanges } from "../../src/ip-filter/filter-ranges.ts";
import { FilterText, longestLineBytes } from "../../src/ip-filter/filter-text.ts";

/** Reads a list that comes in chunks of `chunkBytes`. */
function read(text: string | Buffer, chunkBytes = Infinity) {
  const ranges = new FilterRanges();
  const reader = new FilterText(ranges);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.subarray(at, at + chunkBytes));
  }
  reader.end();
  const work = ranges.pack();
  for (;;) {
    const { done, value } = work.next();
    if (done !== true) continue;
    const { skipped, firstSkipped } = reader;
    return { ranges: drawnRanges(value), skipped, firstSkipped };
  }
}

for (const [format, line, expected] of [
  ["p2p", "Some Name:1.2.3.4-1.2.3.9", "1.2.3.4-1.2.3.9"],
  ["p2p", "A: name, with - marks:1.2.3.4 - 1.2.3.9 ", "1.2.3.4-1.2.3.9"],
  ["p2p", "8.8.8.8 is bad:1.2.3.4-1.2.3.9", "1.2.3.4-1.2.3.9"],
  ["p2p", "abc:1.2.3.4-1.2.3.4", "1.2.3.4"],
  ["p2p", ":1.2.3.4-1.2.3.4", "1.2.3.4"],
  ["ipfilter.dat", "001.002.003.004 - 001.002.003.009 , 000 , Some: name", "1.2.3.4-1.2.3.9"],
  ["ipfilter.dat", "1.2.3.4-1.2.3.9,127,name", "1.2.3.4-1.2.3.9"],
  ["ipfilter.dat", "2001:db8::1 - 2001:db8::ff , 100 , name", "2001:db8::1-2001:db8::ff"],
  ["ipfilter.dat", "010.000.000.001 , 0", "10.0.0.1"],
  ["CIDR", "1.2.3.4/24", "1.2.3.0-1.2.3.255"],
  ["CIDR", "1.2.3.4/32", "1.2.3.4"],
  ["CIDR", "200.0.0.0/1", "128.0.0.0-255.255.255.255"],
  ["CIDR", "0.0.0.0/0", "0.0.0.0-255.255.255.255"],
  ["CIDR", "2001:db8::/33", "2001:db8::-2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"],
  ["CIDR", "2001:db8::1/128", "2001:db8::1"],
  ["CIDR", "1.2.3.0/24 ; SBL1", "1.2.3.0-1.2.3.255"],
  ["CIDR", "1.2.3.0/24# comment", "1.2.3.0-1.2.3.255"],
  ["CIDR", "::ffff:1.2.3.4/120", "1.2.3.0-1.2.3.255"],
  ["addresses", "1.2.3.4", "1.2.3.4"],
  ["addresses", "\t1.2.3.4 // comment", "1.2.3.4"],
  ["addresses", "1.2.3.4-1.2.3.9", "1.2.3.4-1.2.3.9"],
  ["addresses", "2001:DB8::1", "2001:db8::1"],
  ["addresses", "::ffff:1.2.3.4-::ffff:1.2.3.9", "1.2.3.4-1.2.3.9"],
] as const) {
  test(`${format}: "${line}" is ${expected}`, (t) => {
    t.deepEqual(read(line), { ranges: [expected], skipped: 0, firstSkipped: undefined });
  });
}

for (const line of [
  "",
  "   ",
  "# 1.2.3.4",
  "// 1.2.3.4",
  "; 1.2.3.4",
  "1.2.3.4 - 1.2.3.9 , 128 , allowed by its level",
]) {
  test(`"${line}" adds no range, and is no broken line`, (t) => {
    t.deepEqual(read(line), { ranges: [], skipped: 0, firstSkipped: undefined });
  });
}

for (const line of [
  "words",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.256",
  "1.2.3.4/33",
  "2001:db8::/129",
  "1.2.3.4/",
  "1.2.3.9-1.2.3.4",
  "2001:db8::2-2001:db8::1",
  "1.2.3.4-2001:db8::1",
  "1.2.3.4 - ",
  "1.2.3.4 words",
  "1.2.3.4-1.2.3.9 , name without a level",
  "1.2.3.4-1.2.3.9 , 1000 , name",
  "name:1.2.3.4",
  "name:2001:db8::1-2001:db8::2",
  "name:1.2.3.4-1.2.3.9 words",
  "1.2.3.4/255.255.255.0",
]) {
  test(`"${line}" is broken: it is skipped and counted`, (t) => {
    t.deepEqual(read(`9.9.9.9\n${line}\n`), { ranges: ["9.9.9.9"], skipped: 1, firstSkipped: 2 });
  });
}

const mixed = [
  "\uFEFFName:1.2.3.4-1.2.3.9\r",
  "# comment\r",
  "broken\r",
  "5.0.0.0/8\r",
  "",
  "also broken",
  "2001:db8::1",
].join("\n");

for (const chunkBytes of [1, 2, 7, 1_000]) {
  test(`lines of several formats are read in chunks of ${chunkBytes} bytes`, (t) => {
    t.deepEqual(read(mixed, chunkBytes), {
      ranges: ["1.2.3.4-1.2.3.9", "5.0.0.0-5.255.255.255", "2001:db8::1"],
      skipped: 2,
      firstSkipped: 3,
    });
  });
}

for (const chunkBytes of [Infinity, 1_000]) {
  test(`a line of more than 4,096 bytes is broken, in chunks of ${chunkBytes} bytes`, (t) => {
    const range = ":1.2.3.4-1.2.3.9";
    const long = "x".repeat(longestLineBytes - range.length) + range;
    t.deepEqual(read(`${long}\nx${long}\n9.9.9.9`, chunkBytes), {
      ranges: ["1.2.3.4-1.2.3.9", "9.9.9.9"],
      skipped: 1,
      firstSkipped: 2,
    });
  });
}

test("a list may begin with an empty line, and end after its byte-order mark", (t) => {
  t.deepEqual(read("\n1.2.3.4", 1).ranges, ["1.2.3.4"]);
  t.deepEqual(read("\uFEFF"), { ranges: [], skipped: 0, firstSkipped: undefined });
});

test("nested and equal ranges become one", (t) => {
  const lines = ["1.0.0.0/8", "1.2.0.0/16", "1.2.3.4", "1.0.0.0/8", "0.255.255.255", "2.0.0.0"];
  t.deepEqual(read(lines.join("\n")).ranges, ["0.255.255.255-2.0.0.0"]);
});
