import { createHash } from "node:crypto";
import { until } from "../../../../test/support/time/until.ts";
import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { ExecutionContext } from "ava";
import { openHashPool, type HashPool } from "../../src/hash/hash-pool.ts";
import { digestOf } from "../support/digest-of.ts";

const memory = new SharedArrayBuffer(1 << 20);
new Uint8Array(memory).forEach((_, index, bytes) => (bytes[index] = (index * 31) % 251));

/** Timers of hand, and real ends of turns. */
class HandTimers extends ManualTime {
  override soon(task: () => void): void {
    setImmediate(task);
  }
}

function openPool(
  t: ExecutionContext,
  options: { minThreads?: 0; maxThreads?: number; maxQueued?: number } = {},
) {
  const pool = openHashPool({ maxThreads: 2, timers: new HandTimers(), ...options });
  t.teardown(() => pool.close());
  return pool;
}

function expected(offset: number, lengthBytes: number): string {
  return createHash("sha1")
    .update(new Uint8Array(memory, offset, lengthBytes))
    .digest("hex");
}

async function digestHex(pool: HashPool, offset: number, lengthBytes: number): Promise<string> {
  const digest = await digestOf(pool, { memory, offset, lengthBytes });
  return Buffer.from(digest).toString("hex");
}

const places = Array.from({ length: 200 }, (_, n) => [n * 1024, 1 + ((n * 997) % 20_000)] as const);

test("E02: many pieces at once all get their digests, in twenty bytes of their own", async (t) => {
  const pool = openPool(t);
  const digests = await Promise.all(
    places.map(([offset, bytes]) => digestHex(pool, offset, bytes)),
  );
  t.deepEqual(
    digests,
    places.map(([offset, bytes]) => expected(offset, bytes)),
  );
  const digest = await digestOf(pool, { memory, offset: 0, lengthBytes: 5 });
  t.is(digest.buffer.byteLength, 20);
});

test("a piece is digested with its blocks, the last one short, beside pieces without block digests", async (t) => {
  const pool = openPool(t, { maxThreads: 1 });
  const blocks = { algorithm: "sha1", pieceLayer: 0 } as const;
  const [alone, parts, next] = await Promise.all([
    digestHex(pool, 0, 50_000),
    pool.digestBlocks({ memory, offset: 100, lengthBytes: 40_000 }, blocks),
    digestHex(pool, 7, 9),
  ]);
  t.is(alone, expected(0, 50_000));
  t.is(next, expected(7, 9));
  t.is(
    Buffer.from(parts).toString("hex"),
    expected(100, 40_000) +
      expected(100, 16_384) +
      expected(16_484, 16_384) +
      expected(32_868, 7_232),
  );
});

test("waiting pieces in different memories are not mixed up", async (t) => {
  const pool = openPool(t, { maxThreads: 1 });
  const other = new SharedArrayBuffer(64);
  const empty = createHash("sha1").update(new Uint8Array(64)).digest("hex");
  const digests = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      if (n % 2 === 0) return digestHex(pool, 0, 64);
      const digest = await digestOf(pool, { memory: other, offset: 0, lengthBytes: 64 });
      return Buffer.from(digest).toString("hex");
    }),
  );
  digests.forEach((digest, n) => t.is(digest, n % 2 === 0 ? expected(0, 64) : empty));
});

test("a pool without a thread starts one for its first piece", async (t) => {
  const pool = openPool(t, { minThreads: 0 });
  t.is(pool.threads, 0);
  const memory = new SharedArrayBuffer(64);
  await digestOf(pool, { memory, offset: 0, lengthBytes: 64 });
  t.is(pool.threads, 1);
});

test("a second thread is started when 4 MiB wait after the first 64 MiB, and none beyond the bound", async (t) => {
  const pool = openPool(t, { maxThreads: 2 });
  const megabyte = new SharedArrayBuffer(1 << 20);
  const hash = (count: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, () =>
        digestOf(pool, { memory: megabyte, offset: 0, lengthBytes: 1 << 20 }),
      ),
    );
  t.is(pool.threads, 1);
  await hash(4);
  t.is(pool.threads, 1);
  await hash(60);
  t.is(pool.threads, 1);
  await hash(4);
  t.is(pool.threads, 1);
  await hash(20);
  t.is(pool.threads, 2);
});

test("E02: every piece is hashed although threads are killed", async (t) => {
  const pool = openPool(t, { maxThreads: 2 });
  await digestHex(pool, 0, 1);
  for (let round = 0; round < 3; round += 1) {
    const digests = Promise.all(places.map(([offset, bytes]) => digestHex(pool, offset, bytes)));
    t.true(pool.killThread());
    t.deepEqual(
      await digests,
      places.map(([offset, bytes]) => expected(offset, bytes)),
    );
    // A thread may end after its last answer; the next round shall kill another one.
    await until("the thread has ended", () => pool.restarts > round);
  }
  t.is(pool.restarts, 3);
});

test("a piece beyond the queue's bound is refused, the others are hashed", async (t) => {
  const pool = openPool(t, { maxThreads: 1, maxQueued: 3 });
  const taken = [0, 1, 2].map((offset) => digestHex(pool, offset, 100));
  t.is(pool.queued, 3);
  await t.throwsAsync(digestHex(pool, 3, 100), { code: "hash-queue-full" });
  t.deepEqual(
    await Promise.all(taken),
    [0, 1, 2].map((offset) => expected(offset, 100)),
  );
  t.is(pool.queued, 0);
});

test("closing rejects the pieces that wait, and every later one", async (t) => {
  const pool = openPool(t, { maxThreads: 1 });
  const pieces = [0, 1, 2].map((offset) => digestHex(pool, offset, 1 << 19));
  const rejected = pieces.map((piece) => t.throwsAsync(piece, { code: "hash-closed" }));
  await pool.close();
  await Promise.all(rejected);
  await t.throwsAsync(digestHex(pool, 0, 1), { code: "hash-closed" });
  t.is(pool.threads, 0);
});

test("a piece that cannot be hashed is given up; the pieces that waited with it are hashed", async (t) => {
  const pool = openPool(t, { maxThreads: 1 });
  await digestOf(pool, { memory, offset: 0, lengthBytes: 1 });
  // Longer than its memory: what a thread that is handed nonsense does of itself is to throw, not to die.
  const first = digestOf(pool, { memory, offset: 0, lengthBytes: 5 });
  const nonsense = digestOf(pool, { memory, offset: 0, lengthBytes: 2 << 20 });
  const innocents = [digestHex(pool, 0, 64), digestHex(pool, 64, 64)];
  await first;
  await t.throwsAsync(nonsense, { code: "hash-failed" });
  t.deepEqual(await Promise.all(innocents), [expected(0, 64), expected(64, 64)]);
});

test("a group has the digest of each piece in its order, although one of its pieces cannot be hashed", async (t) => {
  const pool = openPool(t, { maxThreads: 1 });
  await digestHex(pool, 0, 1);
  const tasks = [
    { memory, offset: 3, lengthBytes: 40 },
    { memory, offset: 0, lengthBytes: 2 << 20 },
    { memory, offset: 64, lengthBytes: 80 },
  ];
  const { digests, failures } = await pool.digestAll(tasks, { algorithm: "sha1", pieceLayer: 0 });
  const hex = Buffer.from(digests).toString("hex");
  t.is(hex, expected(3, 40) + "0".repeat(40) + expected(64, 80));
  t.deepEqual([...(failures?.keys() ?? [])], [1]);
  t.like(failures?.get(1), { code: "hash-failed" });
});

test("a piece whose thread hangs is hashed by another thread", async (t) => {
  const timers = new HandTimers();
  const pool = openHashPool({ maxThreads: 1, timers });
  t.teardown(() => pool.close());
  await digestOf(pool, { memory, offset: 0, lengthBytes: 1 });
  pool.hangThread();
  const digest = digestHex(pool, 7, 64);
  await new Promise((resolve) => setImmediate(resolve));
  t.true(timers.step());
  t.true(timers.step());
  t.is(await digest, expected(7, 64));
  t.is(pool.restarts, 1);
});
