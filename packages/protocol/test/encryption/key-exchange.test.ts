import { createDiffieHellman, randomBytes } from "node:crypto";
import test from "ava";
import { KeyExchange, mseKeyBytes, msePrime } from "../../src/encryption/index.ts";

const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };
const prime = BigInt(`0x${msePrime}`);
const bytesOf = (value: bigint): Uint8Array =>
  Buffer.from(value.toString(16).padStart(2 * mseKeyBytes, "0"), "hex");

test("both sides compute the same secret of 96 bytes, also from keys with zeros at the front", (t) => {
  const exchange = new KeyExchange(random);
  for (let count = 0; count < 600; count++) {
    const [one, other] = [exchange.makePair(), exchange.makePair()];
    t.is(one.publicKey.length, mseKeyBytes);
    const secret = exchange.secret(one, other.publicKey);
    t.is(secret.length, mseKeyBytes);
    t.deepEqual(exchange.secret(other, one.publicKey), secret);
  }
});

test("a pair is one of the group of the protocol", (t) => {
  const exchange = new KeyExchange(random);
  const pair = exchange.makePair();
  const group = createDiffieHellman(msePrime, "hex", 2);
  group.setPrivateKey(pair.privateKey);
  t.is(pair.privateKey.length, 20);
  t.is(
    BigInt(`0x${Buffer.from(pair.publicKey).toString("hex")}`),
    BigInt(`0x${group.generateKeys("hex")}`),
  );
});

test("case 64: public keys that give the secret away are refused", (t) => {
  const exchange = new KeyExchange(random);
  const pair = exchange.makePair();
  for (const key of [0n, 1n, prime - 1n, prime, prime + 1n, 2n ** 768n - 1n])
    t.throws(() => exchange.secret(pair, bytesOf(key)), { code: "encryption-malformed" }, `${key}`);
  t.is(exchange.secret(pair, bytesOf(2n)).length, mseKeyBytes);
});
