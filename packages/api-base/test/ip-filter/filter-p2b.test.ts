import test from "ava";
import { drawnRanges } from "@troupe/messages/testing";
import { FilterP2b, longestNameBytes } from "../../src/ip-filter/filter-p2b.ts";
import { FilterRanges } from "../../src/ip-filter/filter-ranges.ts";

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}

const magic = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x50, 0x32, 0x42]);
const a = [0x01_02_03_04, 0x01_02_03_09] as const;
const b = [0xff_00_00_00, 0xff_00_00_ff] as const;
const expected = ["1.2.3.4-1.2.3.9", "255.0.0.0-255.0.0.255"];

const version2 = Buffer.concat([
  magic,
  Buffer.from([2]),
  Buffer.from("Näme\0"),
  u32(...b),
  Buffer.from("\0"),
  u32(...a),
]);
const version3 = Buffer.concat([
  magic,
  Buffer.from([3]),
  u32(2),
  Buffer.from("one\0\0"),
  u32(2, 0, ...a, 1, ...b),
]);

function read(list: Buffer, chunkBytes = Infinity) {
  const ranges = new FilterRanges();
  const reader = new FilterP2b(ranges);
  for (let at = 0; at < list.length; at += chunkBytes) {
    reader.push(list.subarray(at, at + chunkBytes));
  }
  reader.end();
  const work = ranges.pack();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return { ranges: drawnRanges(value), skipped: reader.skipped, reader };
  }
}

for (const [version, list] of [
  [1, Buffer.concat([magic, Buffer.from([1]), version2.subarray(8)])],
  [2, version2],
  [3, version3],
] as const) {
  test(`a list of version ${version} is read in chunks of any length`, (t) => {
    t.true(FilterP2b.isP2b(list));
    for (let chunkBytes = 1; chunkBytes <= list.length; chunkBytes++) {
      t.like(read(list, chunkBytes), { ranges: expected, skipped: 0 });
    }
  });
}

test("a list that is cut at any byte of an entry is refused", (t) => {
  for (let length = 0; length < version3.length; length++) {
    t.throws(() => read(version3.subarray(0, length)), { code: "ip-filter-malformed" });
  }
  // Version 1 and 2 may end after any entry.
  const whole = new Set([8, 8 + 14, version2.length]);
  for (let length = 0; length < version2.length; length++) {
    if (whole.has(length)) continue;
    t.throws(() => read(version2.subarray(0, length)), { code: "ip-filter-malformed" });
  }
});

test("a range whose first address is the greater one is skipped", (t) => {
  const list = Buffer.concat([version2, Buffer.from("\0"), u32(5, 4)]);
  const { ranges, reader } = read(list);
  t.deepEqual(ranges, expected);
  t.deepEqual([reader.skipped, reader.firstSkipped], [1, 3]);
});

test("another version, and a name of more than 4,096 bytes, are refused", (t) => {
  const version9 = Buffer.concat([magic, Buffer.from([9]), Buffer.alloc(20)]);
  t.throws(() => read(version9), { message: /version 9; versions 1 to 3/ });
  const name = Buffer.alloc(longestNameBytes + 1, "x");
  for (const chunkBytes of [100, Infinity]) {
    t.throws(() => read(Buffer.concat([version2, name]), chunkBytes), {
      message: /more than 4096 bytes/,
    });
  }
});

test("bytes after the last range of version 3 are ignored", (t) => {
  t.deepEqual(read(Buffer.concat([version3, Buffer.alloc(9, 1)]), 5).ranges, expected);
});
