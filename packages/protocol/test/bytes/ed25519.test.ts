import test from "ava";
import { isSignatureOf, publicKeyOf, signBytes } from "../../src/bytes/ed25519.ts";
import { flips } from "../support/bytes.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

/** Vectors of RFC 8032: secret key, public key, message, signature. */
const vectors = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
] as const;

test("keys and signatures are those of RFC 8032", (t) => {
  for (const [secretKey, publicKey, message, signature] of vectors) {
    t.deepEqual(publicKeyOf(hex(secretKey)), hex(publicKey));
    t.deepEqual(signBytes(hex(secretKey), hex(message)), hex(signature));
    t.true(isSignatureOf(hex(publicKey), hex(message), hex(signature)));
  }
});

test("a signature with a bit changed is of no key", (t) => {
  const [[, publicKey, message, signature]] = vectors;
  for (const changed of flips(hex(signature))) {
    t.false(isSignatureOf(hex(publicKey), hex(message), changed));
  }
});

test("keys and signatures of a wrong length, and keys that are no point, sign nothing", (t) => {
  const [[, publicKey, message, signature]] = vectors;
  for (const length of [0, 31, 33, 64]) {
    t.false(isSignatureOf(new Uint8Array(length), hex(message), hex(signature)));
  }
  for (const length of [0, 32, 63, 65]) {
    t.false(isSignatureOf(hex(publicKey), hex(message), new Uint8Array(length)));
  }
  for (const byte of [0, 1, 2, 0xff]) {
    t.false(isSignatureOf(new Uint8Array(32).fill(byte), hex(message), hex(signature)));
  }
});
