import test from "ava";
import fc from "fast-check";
import { infoHashFromBytes, infoHashToBytes, parseInfoHash } from "../src/units.ts";
import { refuses } from "./support/refusals.ts";

const twentyBytes = fc.uint8Array({ minLength: 20, maxLength: 20 });

test("an info-hash keeps its bytes", (t) => {
  fc.assert(
    fc.property(twentyBytes, (bytes) => {
      t.deepEqual(infoHashToBytes(infoHashFromBytes(bytes)), bytes);
      t.is(parseInfoHash(infoHashFromBytes(bytes).toUpperCase()), infoHashFromBytes(bytes));
    }),
  );
});

test("an info-hash in base32 is parsed like one in hexadecimal", (t) => {
  const hash = parseInfoHash("0123456789abcdef0123456789abcdef01234567");
  t.is(parseInfoHash("AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH"), hash);
  t.is(parseInfoHash("aerukz4jvpg66ajdivtytk6n54asgrlh"), hash);
});

test("text that is not an info-hash is refused", (t) => {
  for (const text of [
    "",
    "0".repeat(39),
    "0".repeat(41),
    `${"0".repeat(39)}g`,
    "1".repeat(32),
    "İ".repeat(32),
  ]) {
    refuses(t, "info-hash-malformed", () => parseInfoHash(text));
  }
  refuses(t, "info-hash-malformed", () => infoHashFromBytes(new Uint8Array(19)));
});
