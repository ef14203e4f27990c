import test from "ava";
import fc from "fast-check";
import {
  parseBytes,
  parseLine,
  parseRate,
  parseShare,
  parseTime,
  quantityTexts,
  withUnit,
} from "../src/index.ts";

test("times are read in milliseconds", (t) => {
  const texts = ["500ms", "30s", "1.5 h", "2m", "2min", "1d"];
  t.deepEqual(texts.map(parseTime), [500, 30_000, 5_400_000, 120_000, 120_000, 86_400_000]);
});

test("the letters of sizes are powers of 1024, in either case, with and without B and iB", (t) => {
  for (const text of ["2M", "2m", "2MB", "2MiB", "2 mib"]) t.is(parseBytes(text), 2 * 1024 ** 2);
  t.deepEqual(["800k", "1.5G", "7B", "1TiB"].map(parseBytes), [
    819_200,
    1.5 * 1024 ** 3,
    7,
    1024 ** 4,
  ]);
});

test("speeds are read in bytes a second, those in bits too", (t) => {
  t.deepEqual(["800k/s", "2MiB/s", "10Mbit/s"].map(parseLine), [819_200, 2 * 1024 ** 2, 1_250_000]);
});

test("rates are read a second, shares as fractions", (t) => {
  t.deepEqual(["500/s", "30/m", "0.5 /s"].map(parseRate), [500, 0.5, 0.5]);
  t.deepEqual(["0.1%", "150 %"].map(parseShare), [0.001, 1.5]);
});

test("a number without a unit is no quantity until it gets one", (t) => {
  t.is(parseTime("90"), undefined);
  t.is(parseTime(withUnit(" 90 ", "s")), 90_000);
  t.is(parseTime(withUnit("90m", "s")), 5_400_000);
  t.is(parseBytes(withUnit("4096", "B")), 4_096);
});

test("no other text is a quantity", (t) => {
  const read = [parseTime, parseBytes, parseRate, parseLine, parseShare];
  for (const text of ["", "s", "-1s", "1 s s", "1,5s", "1e3s", "12345678901234567B", "1Mb it/s"]) {
    t.deepEqual(
      read.map((one) => one(text)),
      read.map(() => undefined),
      text,
    );
  }
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      const found = read.map((one) => one(text)).filter((value) => value !== undefined);
      const isText = Object.values(quantityTexts).some((form) =>
        new RegExp(`^${form}$`).test(text),
      );
      t.is(found.length > 0, isText);
      t.true(found.every((value) => Number.isFinite(value) && value >= 0));
    }),
  );
});
