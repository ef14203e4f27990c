import test from "ava";
import { alphabet, encodeSeries } from "../../../src/report/data/codes.ts";
import { decodeSeries } from "../../../src/report/page/decode.ts";

test("a series keeps numbers up to 250 and gaps exactly, and greater numbers within 0.2 %", (t) => {
  const small = [0, undefined, ...Array.from({ length: 250 }, (_, index) => index + 1)];
  t.deepEqual(
    decodeSeries(encodeSeries(small), small.length),
    small.map((value) => value ?? null),
  );
  const great = Array.from({ length: 300 }, (_, power) => 251 * 1.08 ** power).filter(
    (value) => value < 1e13,
  );
  decodeSeries(encodeSeries(great), great.length).forEach((value, index) => {
    const wanted = great[index] ?? 0;
    t.true(Math.abs((value ?? 0) / wanted - 1) < 0.002, `${wanted} became ${value}`);
  });
});

test("a series has no text for gaps at its end, and is read to the length that it had", (t) => {
  t.is(encodeSeries([7, undefined, undefined]).length, 2);
  t.deepEqual(decodeSeries(encodeSeries([7, undefined, undefined]), 3), [7, null, null]);
  t.is(encodeSeries([]), "");
});

test("numbers that are no numbers are gaps, and those beyond the scale its end", (t) => {
  t.deepEqual(decodeSeries(encodeSeries([Number.NaN, -5, 1]), 3), [null, 0, 1]);
  t.true((decodeSeries(encodeSeries([1e30]), 1)[0] ?? 0) > 9e12);
});

test("the alphabet has nothing that HTML or JSON reads as more than a character", (t) => {
  t.is(alphabet.length, 89);
  t.is(JSON.stringify(alphabet), `"${alphabet}"`);
  t.notRegex(alphabet, /[<>&"\\]/);
});
