import { createHash } from "node:crypto";
import test from "ava";
import { WrongAnswer } from "@troupe/actor-runtime/module-answers";
import { digestGroup, digestInline, type HashTask } from "@troupe/hash-worker";
import { PieceHashes } from "@troupe/protocol/metainfo";
import { checkedOneIn, PluginHasher } from "../../../src/torrent/plugins/plugin-hasher.ts";
import { piece } from "../../support/diagrams.ts";

const pieceBytes = 64;
const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();
const broken = new Error("no thread");

/** Pieces that are right, but for those in `wrong`. */
function scene(pieces: number, wrong: readonly number[] = []) {
  const memory = new SharedArrayBuffer(pieces * pieceBytes);
  const bytesOf = (index: number) => new Uint8Array(memory, index * pieceBytes, pieceBytes);
  for (let index = 0; index < pieces; index++) bytesOf(index).fill(index + 1);
  const rights = Array.from({ length: pieces }, (_, index) => sha1(bytesOf(index)));
  const hashes = new PieceHashes("sha1", Buffer.concat(rights));
  for (const index of wrong) bytesOf(index).fill(0);
  const tasks = rights.map((_, index) => ({
    piece: piece(index),
    memory,
    offset: index * pieceBytes,
    lengthBytes: pieceBytes,
  }));
  /** Offsets of the pieces that our own pool has hashed. */
  const own: number[] = [];
  const ownPool = {
    digestAll: (asked: readonly HashTask[], rule: PieceHashes) =>
      digestGroup(asked, rule, (task, group, index) => {
        own.push(task.offset / pieceBytes);
        if (task.lengthBytes === 1) group.fail(index, broken);
        else group.take(index, digestInline(task, group, sha1), 0);
      }),
  };
  const deeds: string[] = [];
  const open = (answer: (index: number) => Uint8Array, before?: () => Promise<void>) =>
    new PluginHasher(
      {
        load: () => Promise.resolve(),
        async digestAll(asked) {
          await before?.();
          return Buffer.concat(asked.map(({ offset }) => answer(offset / pieceBytes)));
        },
        close: () => Promise.resolve(),
      },
      ownPool,
      (deed) => deeds.push(deed),
    );
  return {
    ...{ deeds, hashes, open, own, rights, tasks },
    rightly: (index: number) => sha1(bytesOf(index)),
    calledRight: (index: number) => rights[index] ?? new Uint8Array(20),
    verdicts: (digests: Uint8Array) =>
      tasks.map((_, index) => hashes.matches(index, digests, index * 20)),
  };
}

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");

test("AE27: our own hash is taken of one piece in 64 of a right hasher, the first included", async (t) => {
  const { deeds, hashes, open, own, rightly, tasks, verdicts } = scene(200);
  const hasher = open(rightly);
  const { digests, failures } = await hasher.digestAll(tasks, hashes);
  t.true(verdicts(digests).every(Boolean));
  t.is(failures, undefined);
  t.deepEqual(own, [0, 64, 128, 192]);
  // The count goes on from question to question: the 57th of these single pieces is number 256 of the run.
  for (const task of tasks.slice(0, 57)) await hasher.digestAll([task], hashes);
  t.deepEqual(own.slice(4), [56]);
  t.true(own.length >= 257 / checkedOneIn);
  t.deepEqual(deeds, []);
});

test("AE27: our own hash is taken of each piece that the hasher calls wrong, and both call it wrong", async (t) => {
  const { deeds, hashes, open, own, rightly, tasks, verdicts } = scene(10, [3, 7]);
  const { digests } = await open(rightly).digestAll(tasks, hashes);
  t.deepEqual(own, [0, 3, 7]);
  t.deepEqual(
    verdicts(digests).flatMap((isGood, index) => (isGood ? [] : [index])),
    [3, 7],
  );
  t.deepEqual(deeds, []);
});

test("AE27: a hasher that calls a right piece wrong has failed, and our own hash counts for all pieces", async (t) => {
  const { deeds, hashes, open, own, rightly, rights, tasks, verdicts } = scene(5, [4]);
  const none = new Uint8Array(20);
  const hasher = open((index) => (index === 2 ? none : rightly(index)));
  const { digests } = await hasher.digestAll(tasks, hashes);
  t.deepEqual(deeds, [`gave the hash ${hex(none)} for piece 2, which is ${hex(rights[2])}`]);
  t.deepEqual(verdicts(digests), [true, true, true, true, false]);
  t.deepEqual(own, [0, 2, 4, 0, 1, 2, 3, 4]);
  await hasher.digestAll(tasks, hashes);
  t.is(own.length, 13, "the hasher is not asked again");
  t.is(deeds.length, 1);
});

test("AE27: a hasher that calls a wrong piece right is found out by one piece in 64, and that piece is wrong", async (t) => {
  const { calledRight, deeds, hashes, open, tasks, verdicts } = scene(100, [10, 64]);
  const hasher = open(calledRight);
  const before = await hasher.digestAll(tasks.slice(0, 20), hashes);
  t.true(hashes.matches(10, before.digests, 10 * 20), "no other hash was taken of piece 10");
  t.deepEqual(deeds, []);
  await hasher.digestAll(tasks.slice(20, 64), hashes);
  const { digests } = await hasher.digestAll(tasks.slice(64), hashes);
  t.is(deeds.length, 1);
  t.false(hashes.matches(64, digests, 0));
  const again = await hasher.digestAll(tasks, hashes);
  t.deepEqual(
    verdicts(again.digests).flatMap((isGood, index) => (isGood ? [] : [index])),
    [10, 64],
  );
});

test("AE27: pieces that a hasher was asked about before its fault are hashed by our own", async (t) => {
  const { calledRight, deeds, hashes, open, own, tasks } = scene(40, [0, 30]);
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked = 0;
  const hasher = open(calledRight, () => gates[asked++]?.promise ?? Promise.resolve());
  const first = hasher.digestAll(tasks.slice(0, 20), hashes);
  const second = hasher.digestAll(tasks.slice(20), hashes);
  gates[0]?.resolve();
  await first;
  t.is(deeds.length, 1);
  gates[1]?.resolve();
  const { digests } = await second;
  t.false(hashes.matches(30, digests, 10 * 20));
  t.deepEqual(
    own.slice(-20),
    Array.from({ length: 20 }, (_, index) => index + 20),
  );
});

test("AE27: a hasher that fails without a hash is not asked again, and one that is closed has no fault", async (t) => {
  const { deeds, hashes, open, own, rightly, tasks, verdicts } = scene(3);
  const failing = open(rightly, () => Promise.reject(new WrongAnswer("threw Error: no")));
  t.true(verdicts((await failing.digestAll(tasks, hashes)).digests).every(Boolean));
  t.deepEqual(deeds, ["threw Error: no"]);
  t.deepEqual(own, [0, 1, 2]);
  const closing = open(rightly, () => Promise.reject(new WrongAnswer("is closed")));
  const answer = closing.digestAll(tasks, hashes);
  closing.close();
  t.true(verdicts((await answer).digests).every(Boolean));
  t.is(deeds.length, 1);
});

test("AE27: an error of our own pool is that of the piece", async (t) => {
  const { deeds, hashes, open, rightly, tasks } = scene(3);
  const short = tasks.map((task, index) => (index === 1 ? { ...task, lengthBytes: 1 } : task));
  const none = new Uint8Array(20);
  const hasher = open((index) => (index === 1 ? none : rightly(index)));
  const { failures } = await hasher.digestAll(short, hashes);
  t.deepEqual([...(failures ?? [])], [[1, broken]]);
  t.deepEqual(deeds, []);
});
