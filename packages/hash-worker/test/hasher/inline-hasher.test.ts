import { createHash } from "node:crypto";
import test from "ava";
import { WrongAnswer } from "@troupe/actor-runtime/module-answers";
import { ManualTime, settle } from "@troupe/actor-runtime/testing";
import { inlineHasher } from "../../src/hasher/inline-hasher.ts";

const memory = new SharedArrayBuffer(128);
const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

function open(exported: unknown) {
  const time = new ManualTime();
  let steps = 0;
  const hasher = inlineHasher({
    timers: time,
    loadMs: 30_000,
    answerMs: 10_000,
    load: () => Promise.resolve(exported),
    run: (act) => {
      steps += 1;
      return act();
    },
  });
  return { hasher, steps: () => steps, time };
}

const pieces = [0, 32].map((offset) => ({ memory, offset, lengthBytes: offset + 8 }));

test("AE27: a hasher in our thread hashes one piece after the other, each in a step of its torrent", async (t) => {
  const { hasher, steps } = open(() => ({ hash: sha1 }));
  await hasher.load();
  const digests = await hasher.digestAll(pieces);
  t.deepEqual(
    Buffer.from(digests),
    Buffer.concat([sha1(new Uint8Array(8)), sha1(new Uint8Array(40))]),
  );
  t.is(steps(), 3);
});

test("AE27: a promise of a hasher in our thread that does not settle fails after 10 s", async (t) => {
  const { hasher, time } = open(() => ({ hash: () => new Promise(() => {}) }));
  await hasher.load();
  const late = hasher.digestAll(pieces);
  await settle();
  time.advance(11_000);
  await t.throwsAsync(late, { instanceOf: WrongAnswer, message: "did not answer within 10 s" });
});

test("AE27: a module that is no hasher is refused in our thread, and a closed hasher answers nothing", async (t) => {
  await t.throwsAsync(open(() => 4).hasher.load(), {
    instanceOf: WrongAnswer,
    message: "returned no object with the method `hash`",
  });
  const { hasher } = open(() => ({ hash: sha1 }));
  await hasher.load();
  await hasher.close();
  await t.throwsAsync(hasher.digestAll(pieces), { message: "is closed" });
});
