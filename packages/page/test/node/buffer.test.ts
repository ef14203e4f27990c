import test from "ava";
import fc from "fast-check";
import { anyCharacter } from "../../../../test/support/any-text.ts";
import { Buffer as PageBuffer } from "../../src/node/buffer.ts";

test("G12 the page's Buffer does what Node's does", (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.uint8Array(),
      fc.string({ unit: anyCharacter }),
      (one, other, text) => {
        t.is(PageBuffer.from(one).toString("hex"), Buffer.from(one).toString("hex"));
        t.is(PageBuffer.compare(one, other), Buffer.compare(one, other));
        t.is(PageBuffer.byteLength(text), Buffer.byteLength(text));
      },
    ),
  );
  t.pass();
});
