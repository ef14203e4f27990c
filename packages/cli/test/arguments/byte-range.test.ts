import test from "ava";
import { bytesOf, parseByteRange } from "../../src/arguments/byte-range.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";

for (const [text, start, end] of [
  ["0-499", 0, 500],
  ["500-", 500, 1_000],
  ["-200", 800, 1_000],
  ["-5000", 0, 1_000],
  ["999-5000", 999, 1_000],
  ["0-0", 0, 1],
] as const)
  test(`--range ${text} of 1,000 bytes is ${start} to before ${end}`, (t) => {
    t.deepEqual(bytesOf(parseByteRange(text), 1_000), { start, end });
  });

for (const text of ["", "-", "5-4", "a-b", "1", "-0", "1-2-3", "1e3-", "0x1-2"])
  test(`--range "${text}" is refused`, (t) => {
    t.throws(() => parseByteRange(text), { instanceOf: UsageError });
  });

test("a range behind the end of the file is refused, and none is the whole file", (t) => {
  t.throws(() => bytesOf(parseByteRange("1000-"), 1_000), { instanceOf: UsageError });
  t.deepEqual(bytesOf(undefined, 1_000), { start: 0, end: 1_000 });
});
