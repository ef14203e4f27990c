import test from "ava";
import fc from "fast-check";
import { areEqualSecrets, readSecretText, secretText } from "../../src/guard/secret-bytes.ts";

test("secrets are equal when all their bytes are", (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
      t.true(areEqualSecrets(one, one.slice()));
      t.is(areEqualSecrets(one, other), Buffer.compare(one, other) === 0);
    }),
  );
});

test("a text of bytes has one spelling", (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = secretText(bytes);
      t.deepEqual(readSecretText(text), Uint8Array.from(bytes));
      t.is(readSecretText(`${text}=`), undefined);
    }),
  );
  t.is(readSecretText("a b"), undefined);
  t.is(readSecretText("QR"), undefined);
});
