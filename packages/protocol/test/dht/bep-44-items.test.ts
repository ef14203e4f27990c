import test from "ava";
import fc from "fast-check";
import { publicKeyOf } from "../../src/bytes/index.ts";
import {
  immutableTarget,
  isItemValid,
  isSignatureValid,
  itemTarget,
  mutableTarget,
  nodeIdHex,
  signedBytes,
  signItem,
  type MutableItem,
} from "../../src/dht/index.ts";
import { bytesOf, flips, textOf } from "../support/bytes.ts";
import { refuses } from "../support/refusals.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const value = bytesOf("12:Hello World!");

/** The mutable items of BEP 44. */
const vectors = [
  {
    salt: "",
    buffer: "3:seqi1e1:v12:Hello World!",
    target: "4a533d47ec9c7d95b1ad75f576cffc641853b750",
    signature:
      "305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01",
  },
  {
    salt: "foobar",
    buffer: "4:salt6:foobar3:seqi1e1:v12:Hello World!",
    target: "411eba73b6f087ca51a3795d9c8c938d365e32c1",
    signature:
      "6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17ddf9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08",
  },
].map(({ salt, buffer, target, signature }) => ({
  buffer,
  target,
  item: {
    kind: "mutable",
    value,
    publicKey: hex("77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548"),
    salt: bytesOf(salt),
    sequence: 1n,
    signature: hex(signature),
  } satisfies MutableItem,
}));

test("the items of BEP 44 have its targets, signed bytes and signatures", (t) => {
  for (const { buffer, target, item } of vectors) {
    t.is(textOf(signedBytes(item)), buffer);
    t.is(nodeIdHex(itemTarget(item)), target);
    t.true(isSignatureValid(item));
    t.true(isItemValid(item, mutableTarget(item)));
  }
  t.is(nodeIdHex(immutableTarget(value)), "e5f96f6f38320f0f33959cb4d3d656452117aadb");
  t.true(isItemValid({ kind: "immutable", value }, immutableTarget(value)));
});

test("a signature of another key, value, salt or sequence number is not valid", (t) => {
  const [{ item }, { item: salted }] = vectors as [(typeof vectors)[0], (typeof vectors)[0]];
  t.false(isSignatureValid({ ...item, sequence: 2n }));
  t.false(isSignatureValid({ ...item, value: bytesOf("12:Hello world!") }));
  t.false(isSignatureValid({ ...item, salt: salted.salt }));
  t.false(isSignatureValid({ ...salted, salt: new Uint8Array(0) }));
  let count = 0;
  for (const publicKey of flips(item.publicKey)) {
    if (count++ % 16 === 0) t.false(isSignatureValid({ ...item, publicKey }));
  }
  for (const signature of flips(item.signature)) {
    if (count++ % 16 === 0) t.false(isSignatureValid({ ...item, signature }));
  }
});

test("an item under another target is not valid", (t) => {
  const target = mutableTarget({ publicKey: new Uint8Array(32), salt: new Uint8Array(0) });
  for (const { item } of vectors) t.false(isItemValid(item, target));
  t.false(isItemValid({ kind: "immutable", value }, target));
});

test("a signed item is valid", (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ maxLength: 64 }),
      fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      fc.uint8Array({ maxLength: 900 }),
      (secretKey, salt, sequence, content) => {
        const encoded = bytesOf(`${content.length}:${textOf(content)}`);
        const item = signItem(secretKey, { salt, sequence, value: encoded });
        t.deepEqual(item.publicKey, publicKeyOf(secretKey));
        t.true(isItemValid(item, itemTarget(item)));
      },
    ),
    { numRuns: 20 },
  );
});

test("an item out of bounds is not signed", (t) => {
  const secretKey = new Uint8Array(32);
  const parts = { salt: new Uint8Array(0), sequence: 1n, value };
  for (const [key, changes] of [
    [secretKey, { value: new Uint8Array(1_001) }],
    [secretKey, { salt: new Uint8Array(65) }],
    [secretKey, { sequence: -1n }],
    [secretKey, { sequence: 2n ** 63n }],
    [new Uint8Array(64), {}],
  ] as const) {
    refuses(t, "item-malformed", () => signItem(key, { ...parts, ...changes }));
  }
});
