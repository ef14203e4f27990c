import test from "ava";
import { ManualTime, sha1 } from "@troupe/actor-runtime/testing";
import { inlineHashPool } from "../../src/hash/inline-hash-pool.ts";
import { digestOf } from "../support/digest-of.ts";

const memory = new SharedArrayBuffer(64);
new Uint8Array(memory).fill(9);

test("a piece is hashed in a later turn, and pieces settle in their order", async (t) => {
  const timers = new ManualTime();
  const pool = inlineHashPool({ sha1, timers });
  const order: number[] = [];
  const digests = [8, 16].map(async (lengthBytes) => {
    const digest = await digestOf(pool, { memory, offset: 4, lengthBytes });
    order.push(lengthBytes);
    return digest;
  });
  t.is(pool.queued, 2);
  timers.endTurn();
  t.deepEqual(await Promise.all(digests), [
    new Uint8Array(sha1(new Uint8Array(8).fill(9))),
    new Uint8Array(sha1(new Uint8Array(16).fill(9))),
  ]);
  t.deepEqual(order, [8, 16]);
  t.is(pool.queued, 0);
});

test("a piece is digested with its blocks, the last one short", async (t) => {
  const timers = new ManualTime();
  const nines = new SharedArrayBuffer(20_004);
  new Uint8Array(nines).fill(9);
  const parts = inlineHashPool({ sha1, timers }).digestBlocks(
    { memory: nines, offset: 4, lengthBytes: 20_000 },
    { algorithm: "sha1", pieceLayer: 0 },
  );
  timers.endTurn();
  const digests = [20_000, 16_384, 3_616].map((length) => sha1(new Uint8Array(length).fill(9)));
  t.deepEqual(Buffer.from(await parts), Buffer.concat(digests));
});

test("the inline pool has a bound and no threads", async (t) => {
  const pool = inlineHashPool({ sha1, timers: new ManualTime(), maxQueued: 1 });
  const first = digestOf(pool, { memory, offset: 0, lengthBytes: 1 });
  const second = digestOf(pool, { memory, offset: 0, lengthBytes: 1 });
  await t.throwsAsync(second, { code: "hash-queue-full" });
  t.false(pool.killThread());
  t.is(pool.threads, 0);
  await pool.close();
  await t.throwsAsync(first, { code: "hash-closed" });
});

test("a closed inline pool hashes no piece", async (t) => {
  const timers = new ManualTime();
  const pool = inlineHashPool({ sha1, timers });
  const waiting = digestOf(pool, { memory, offset: 0, lengthBytes: 1 });
  await pool.close();
  timers.endTurn();
  await t.throwsAsync(waiting, { code: "hash-closed" });
  await t.throwsAsync(digestOf(pool, { memory, offset: 0, lengthBytes: 1 }), {
    code: "hash-closed",
  });
});
