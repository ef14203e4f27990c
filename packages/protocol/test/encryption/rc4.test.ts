import test from "ava";
import fc from "fast-check";
import { Rc4 } from "../../src/encryption/index.ts";

const ascii = (text: string): Uint8Array => Buffer.from(text, "latin1");
const encrypted = (key: string, text: string): string => {
  const bytes = new Uint8Array(ascii(text));
  new Rc4(ascii(key)).apply(bytes);
  return Buffer.from(bytes).toString("hex");
};

test("three published vectors", (t) => {
  t.is(encrypted("Key", "Plaintext"), "bbf316e8d940af0ad3");
  t.is(encrypted("Wiki", "pedia"), "1021bf0420");
  t.is(encrypted("Secret", "Attack at dawn"), "45a01f645fc35b383552544b9bf5");
});

test("the key stream of RFC 6229 for a key of 40 bits, at 0 and at 1,024", (t) => {
  const rc4 = new Rc4(Uint8Array.of(1, 2, 3, 4, 5));
  const first = new Uint8Array(16);
  rc4.apply(first);
  t.is(Buffer.from(first).toString("hex"), "b2396305f03dc027ccc3524a0a1118a8");
  rc4.skip(1_024 - 16);
  const later = new Uint8Array(16);
  rc4.apply(later);
  t.is(Buffer.from(later).toString("hex"), "30abbcc7c20b01609f23ee2d5f6bb7df");
});

test("words at any place in memory are encrypted as their bytes are one by one", (t) => {
  const content = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(content, fc.nat(7), fc.boolean(), (bytes, start, isShared) => {
      const lengthBytes = start + bytes.length;
      const buffer = isShared ? new SharedArrayBuffer(lengthBytes) : new ArrayBuffer(lengthBytes);
      const atOnce = new Uint8Array(buffer, start);
      atOnce.set(bytes);
      const [key, single] = [ascii("Key"), new Rc4(ascii("Key"))];
      new Rc4(key).apply(atOnce);
      const one = bytes.slice();
      for (let index = 0; index < one.length; index++) single.apply(one.subarray(index, index + 1));
      return Buffer.from(atOnce).equals(one);
    }),
  );
  t.pass();
});

test("what was encrypted in pieces is decrypted in other pieces", (t) => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), pieces, (key, parts) => {
      const [from, into] = [new Rc4(key), new Rc4(key)];
      const sent = parts.map((part) => {
        const target = new Uint8Array(part.length + 3);
        from.applyTo(part, target);
        return target.subarray(0, part.length);
      });
      const received = new Uint8Array(Buffer.concat(sent));
      into.apply(received);
      return Buffer.concat(parts).equals(received);
    }),
  );
  t.pass();
});
