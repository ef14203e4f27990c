import test from "ava";
import fc from "fast-check";
import { percentDecode, percentEncode } from "../../src/tracker/index.ts";

test("bytes are read as they were written", (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) =>
      t.deepEqual(percentDecode(percentEncode(bytes)), bytes),
    ),
  );
});

test("letters, digits and -._~ are not escaped, all other bytes are", (t) => {
  t.is(
    percentEncode(new TextEncoder().encode("aZ09-._~ +/%&=\0ÿ")),
    "aZ09-._~%20%2B%2F%25%26%3D%00%C3%BF",
  );
});

test("lower-case escapes, plus signs and unescaped bytes are decoded", (t) => {
  t.deepEqual(percentDecode("%ff+é!"), Uint8Array.of(0xff, 0x20, 0xe9, 0x21));
});

test("broken escapes and characters over 255 are refused", (t) => {
  for (const text of ["%", "%1", "%g0", "%0g", "a%", "日"]) t.is(percentDecode(text), undefined);
});
