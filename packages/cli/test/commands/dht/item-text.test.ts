import test from "ava";
import { itemJson, itemText } from "../../../src/commands/dht/item-text.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

test("a text is shown as it is, without control characters", (t) => {
  t.is(
    itemText(Buffer.from("8:a\u001b[1mbäc")),
    '{"hex":"383a611b5b316d62c3a463"}',
    "a wrong length",
  );
  t.is(itemText(Buffer.from("9:a\u001b[1mbäc")), "a[1mbäc");
});

test("other values are JSON, and bytes that are no text are hexadecimal", (t) => {
  t.deepEqual(itemJson(bytes("d1:ali1e2:\xff\xfee1:b1:xe")), { a: [1, { hex: "fffe" }], b: "x" });
  t.is(itemText(bytes("li1ei-2ee")), "[1,-2]");
  t.is(itemJson(bytes("i99999999999999999999e")), "99999999999999999999");
});
