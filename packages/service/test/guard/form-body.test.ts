import test from "ava";
import fc from "fast-check";
import { parseFormBody } from "../../src/guard/form-body.ts";
import { isRefusal } from "../../src/guard/refusal.ts";
import { allowed, refused } from "../support/refused.ts";

function parse(text: string) {
  return parseFormBody(Buffer.from(text));
}

test("a form is read as it was written", (t) => {
  const names = fc.string({ maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.tuple(names, fc.string({ unit: "grapheme" }))), (fields) => {
      const text = new URLSearchParams(fields.map(([name, value]) => [name, value])).toString();
      t.deepEqual(parse(text), fields.length === 0 ? [] : fields);
    }),
  );
});

test("names come again, in their order, and may have no value", (t) => {
  t.deepEqual(parse("a=1&b&a=2&=x&c=d=e+f"), [
    ["a", "1"],
    ["b", ""],
    ["a", "2"],
    ["", "x"],
    ["c", "d=e f"],
  ]);
  t.deepEqual(parse(""), []);
});

test("wrong escapes and other bytes than UTF-8 are refused", (t) => {
  for (const text of ["a=%", "a=%4", "a=%zz", "a=%ff", "%c3=1"])
    refused(t, parse(text), "form-malformed", 400);
  refused(t, parseFormBody(Uint8Array.of(0x61, 0xff)), "form-malformed", 400);
});

test("a form has at most 1,000 fields and names of 255 bytes", (t) => {
  t.is(allowed(parse("a&".repeat(999) + "a")).length, 1_000);
  refused(t, parse("a&".repeat(1_000)), "form-malformed", 400);
  allowed(parse(`${"a".repeat(255)}=1`));
  refused(t, parse(`${"é".repeat(128)}=1`), "form-malformed", 400);
});

test("any bytes of a form are read or refused", (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const result = parseFormBody(bytes);
      t.true(isRefusal(result) || Array.isArray(result));
    }),
  );
});

test("a form of more than 1 MiB is refused", (t) => {
  allowed(parse(`a=${"x".repeat(1_024 ** 2 - 2)}`));
  refused(t, parse(`a=${"x".repeat(1_024 ** 2 - 1)}`), "body-too-large", 413);
});
