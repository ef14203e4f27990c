import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ManualTime, settle } from "@troupe/actor-runtime/testing";
import test from "ava";
import { BodyBudget } from "../../src/guard/body-budget.ts";
import {
  addBodyBytes,
  callBodyBytes,
  loginBodyBytes,
  readBody,
} from "../../src/guard/body-reader.ts";
import { allowed, refused } from "../support/refused.ts";

const mebibyte = 1_024 ** 2;

function boundsOf(limitBytes: number, declaredBytes?: number) {
  return { limitBytes, declaredBytes, budget: new BodyBudget(), timers: new ManualTime() };
}

/** Gives chunks, then ends, or waits for ever. */
async function* source(chunks: readonly Uint8Array[], isStuck = false) {
  await Promise.resolve();
  yield* chunks;
  if (isStuck) await new Promise(() => undefined);
}

test("a body is read from its chunks, and its bytes are given back", async (t) => {
  const bounds = boundsOf(10, 5);
  const body = allowed(await readBody(source([Buffer.from("he"), Buffer.from("llo")]), bounds));
  t.is(Buffer.from(body.bytes).toString(), "hello");
  t.is(bounds.budget.takenBytes, 5);
  body[Symbol.dispose]();
  body[Symbol.dispose]();
  t.is(bounds.budget.takenBytes, 0);
  t.is(bounds.timers.pending, 0);
  t.is(allowed(await readBody(source([]), boundsOf(10))).bytes.length, 0);
});

test("tiny chunks take no more of the budget than twice their bytes", async (t) => {
  const bounds = boundsOf(mebibyte);
  const chunks = Array.from({ length: 10_000 }, (_, at) => Uint8Array.of(at));
  const body = allowed(await readBody(source(chunks), bounds));
  t.deepEqual(
    body.bytes,
    Uint8Array.from({ length: 10_000 }, (_, at) => at),
  );
  t.true(bounds.budget.takenBytes <= 20_000);
});

test("a declared length takes no memory before its bytes come", async (t) => {
  const bounds = boundsOf(8 * mebibyte, 8 * mebibyte);
  void readBody(source([new Uint8Array(9)], true), bounds);
  await settle();
  t.is(bounds.budget.takenBytes, 4_096);
});

test("a body at its bound is read, and a byte more is refused", async (t) => {
  t.deepEqual([loginBodyBytes, callBodyBytes, addBodyBytes], [8 * 1_024, mebibyte, 44 * mebibyte]);
  const whole = boundsOf(8);
  allowed(await readBody(source([new Uint8Array(8)]), whole));
  const more = boundsOf(8);
  const result = await readBody(source([new Uint8Array(8), new Uint8Array(1)]), more);
  refused(t, result, "body-too-large", 413);
  t.is(more.budget.takenBytes, 0);
});

test("case 89: a body that declares too much is refused unread", async (t) => {
  const unread: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => t.fail() };
  refused(t, await readBody(unread, boundsOf(8, 9)), "body-too-large", 413);
});

test("a body that has other than its declared bytes is refused", async (t) => {
  for (const declaredBytes of [1, 3]) {
    const bounds = boundsOf(8, declaredBytes);
    refused(t, await readBody(source([new Uint8Array(2)]), bounds), "body-cut", 400);
    t.is(bounds.budget.takenBytes, 0);
  }
});

test("a body that is not whole after 30 s is refused", async (t) => {
  const bounds = boundsOf(8);
  const result = readBody(source([new Uint8Array(2)], true), bounds);
  await settle();
  t.is(bounds.budget.takenBytes, 8);
  bounds.timers.advance(29_999);
  await settle();
  t.is(bounds.budget.takenBytes, 8);
  bounds.timers.advance(1);
  refused(t, await result, "body-too-slow", 408);
  t.is(bounds.budget.takenBytes, 0);
});

test("a connection that ends within a body refuses it", async (t) => {
  async function* broken() {
    yield new Uint8Array(2);
    await Promise.resolve();
    throw new Error("aborted");
  }
  const bounds = boundsOf(8);
  refused(t, await readBody(broken(), bounds), "body-cut", 400);
  t.is(bounds.budget.takenBytes, 0);
  t.is(bounds.timers.pending, 0);
});

test("all bodies together take 128 MiB", async (t) => {
  const bounds = boundsOf(200 * mebibyte);
  t.true(bounds.budget.take(127 * mebibyte));
  t.false(bounds.budget.take(mebibyte + 1));
  const chunks = [new Uint8Array(mebibyte), new Uint8Array(1)];
  const refusal = refused(t, await readBody(source(chunks), bounds), "body-budget-full", 503);
  t.is(refusal.retryAfterSeconds, 1);
  t.is(bounds.budget.takenBytes, 127 * mebibyte);
});

test.serial("a body in many chunks takes no memory for each of them", async (t) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heapBytes = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const chunks = 100_000;
  const read = Promise.withResolvers<number>();
  async function* tiny() {
    const chunk = new Uint8Array(1);
    for (let at = 0; at < chunks; at++) yield await Promise.resolve(chunk);
    read.resolve(heapBytes());
  }
  const beforeBytes = heapBytes();
  allowed(await readBody(tiny(), boundsOf(chunks)));
  t.true(((await read.promise) - beforeBytes) / chunks < 50);
});

test("a chunk that comes after the refusal takes no memory", async (t) => {
  const gate = Promise.withResolvers<void>();
  const asked: number[] = [];
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        asked.push(asked.length);
        if (asked.length > 1) await gate.promise;
        return { done: false, value: new Uint8Array(2) };
      },
    }),
  };
  const bounds = boundsOf(8);
  const result = readBody(source, bounds);
  await settle();
  bounds.timers.advance(30_000);
  refused(t, await result, "body-too-slow", 408);
  gate.resolve();
  await settle();
  t.is(bounds.budget.takenBytes, 0);
  t.is(asked.length, 2);
});
