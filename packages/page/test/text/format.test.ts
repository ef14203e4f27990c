import test from "ava";
import { formatsOf } from "../../src/text/format.ts";

const english = formatsOf("en");
const german = formatsOf("de");

test("G12 sizes have the unit that leaves three digits", (t) => {
  const sizes = [0, 999, 1_000, 20_000, 999_600, 1_500_000, 3.25e9, 1e15, 5e18];
  t.deepEqual(
    sizes.map((bytes) => english.size(bytes)),
    ["0B", "999B", "1 kB", "20 kB", "1 MB", "1.5 MB", "3.3 GB", "1 PB", "5,000 PB"],
  );
  t.is(german.size(1_500_000), "1,5 MB");
});

test("G12 a rate below a byte a second is empty", (t) => {
  t.is(english.rate(0.5), "");
  t.is(english.rate(1_250_000), "1.3 MB/s");
});

test("G12 a share is 100% for a whole alone", (t) => {
  t.is(english.share(0.9999), "99.9%");
  t.is(english.share(1), "100%");
  t.is(english.share(0), "0%");
});

test("G12 durations have their two largest units", (t) => {
  const seconds = [0, 0.4, 59, 60, 3_725, 90_061, 400 * 86_400, Infinity];
  t.deepEqual(
    seconds.map((each) => english.duration(each)),
    ["0s", "0s", "59s", "1m", "1h 2m", "1d 1h", "∞", "∞"],
  );
});

test("G12 counts and ratios are written as people of the language do", (t) => {
  t.is(english.count(12_345), "12,345");
  t.is(german.count(12_345), "12.345");
  t.is(english.ratio(1.5), "1.50");
});
