import test from "ava";
import { WriteCallSize } from "../../../src/io/disk/write-call-size.ts";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** Writes so many bytes; a mebibyte takes `msOf(call's bytes)`. @returns the bytes of each call. */
function write(
  size: WriteCallSize,
  totalBytes: number,
  msOf: (callBytes: number, call: number) => number,
): number[] {
  const calls: number[] = [];
  for (let left = totalBytes; left > 0;) {
    const bytes = size.next(left);
    size.took(bytes, (msOf(bytes, calls.length) * bytes) / mebibyte);
    calls.push(bytes);
    left -= bytes;
  }
  return calls;
}

test("calls grow to a mebibyte where the kernel takes large units as fast as small ones", (t) => {
  const calls = write(new WriteCallSize(), 64 * mebibyte, () => 0.3);
  t.is(calls[0], 128 * kibibyte);
  t.is(calls.at(-1), mebibyte);
  t.is(calls.length, 16 * 8 + 48);
});

test("where large units are slow, calls stay small, and large ones are tried ever more seldom", (t) => {
  const slow = (bytes: number): number => (bytes === mebibyte ? 2 : 0.3);
  const calls = write(new WriteCallSize(), 1024 * mebibyte, slow);
  const large = calls.flatMap((bytes, call) => (bytes === mebibyte ? [call] : []));
  t.is(large.length, 12);
  t.deepEqual(large.slice(0, 4), [128, 129, 130 + 256, 131 + 256]);
});

test("a large call that lost its core does not end large calls", (t) => {
  const size = new WriteCallSize();
  write(size, 16 * mebibyte, () => 0.3);
  const calls = write(size, 64 * mebibyte, (_, call) => (call % 2 === 0 ? 5 : 0.3));
  t.deepEqual(new Set(calls), new Set([mebibyte]));
});

test("calls become small again when large units become slow", (t) => {
  const size = new WriteCallSize();
  write(size, 64 * mebibyte, () => 0.3);
  const calls = write(size, 16 * mebibyte, (bytes) => (bytes === mebibyte ? 2 : 0.3));
  t.is(calls.filter((bytes) => bytes === mebibyte).length, 2);
});

test("a rest that is shorter than a call goes with the last call", (t) => {
  const size = new WriteCallSize();
  t.is(size.next(134_218), 134_218);
  t.is(size.next(256 * kibibyte), 128 * kibibyte);
  t.is(size.next(100), 100);
});
