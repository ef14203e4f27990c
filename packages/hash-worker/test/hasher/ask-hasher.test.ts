import { createHash } from "node:crypto";
import test from "ava";
import { WrongAnswer } from "@troupe/actor-runtime/module-answers";
import { askHasher, makeHasher } from "../../src/hasher/ask-hasher.ts";
import type { PieceHasher } from "../../src/hasher/hasher-module.ts";

const piece = new Uint8Array(new SharedArrayBuffer(64)).fill(7);
const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();
const right = Buffer.from(sha1(piece)).toString("hex");

const answers: readonly (readonly [title: string, hash: () => unknown, deed: string])[] = [
  ["nothing", () => undefined, "answered with a value of the type undefined, not with bytes"],
  ["text", () => "a".repeat(20), "answered with a value of the type string, not with bytes"],
  ["numbers", () => Array(20).fill(1), "answered with a value of the type object, not with bytes"],
  ["19 bytes", () => new Uint8Array(19), "answered with 19 bytes, not with 20"],
  ["32 bytes", () => new Uint8Array(32), "answered with 32 bytes, not with 20"],
  [
    "a promise of too much",
    () => Promise.resolve(new Uint8Array(21)),
    "answered with 21 bytes, not with 20",
  ],
];

for (const [title, hash, deed] of answers) {
  test(`AE27: a hasher that answers with ${title} has failed`, async (t) => {
    const hasher = { hash } as PieceHasher;
    await t.throwsAsync(askHasher(hasher, piece), { instanceOf: WrongAnswer, message: deed });
  });
}

test("AE27: a hasher answers with bytes or a promise of them, and keeps neither our memory nor its own", async (t) => {
  let given: Uint8Array | undefined;
  let kept: Uint8Array | undefined;
  const hash = (bytes: Uint8Array): Uint8Array => {
    given = bytes;
    kept = sha1(bytes);
    bytes.fill(1);
    return kept;
  };
  const answer = await askHasher({ hash }, piece);
  kept?.fill(0);
  t.is(Buffer.from(answer).toString("hex"), right);
  t.not(given?.buffer, piece.buffer);
  t.true(piece.every((byte) => byte === 7));
  const later = await askHasher({ hash: async (bytes) => sha1(bytes) }, piece);
  t.is(Buffer.from(later).toString("hex"), right);
});

test("AE27: a module exports a function, which makes an object with the method `hash`", async (t) => {
  const hasher = { hash: sha1 };
  t.is(await makeHasher(() => hasher), hasher);
  t.is(await makeHasher(() => Promise.resolve(hasher)), hasher);
  for (const [exported, message] of [
    [undefined, "has no function as its default export"],
    [hasher, "has no function as its default export"],
    [() => undefined, "returned no object with the method `hash`"],
    [() => ({}), "returned an object whose `hash` is no method"],
    [() => ({ hash: 4 }), "returned an object whose `hash` is no method"],
  ] as const) {
    await t.throwsAsync(makeHasher(exported), { instanceOf: WrongAnswer, message });
  }
});
