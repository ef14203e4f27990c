import { ManualTime, settle } from "@troupe/actor-runtime/testing";
import test from "ava";
import { CheckQueue } from "../../src/guard/check-queue.ts";
import { refused } from "../support/refused.ts";

/** A queue whose checks end when a test says so. */
class QueueScene {
  readonly time = new ManualTime();
  readonly queue: CheckQueue;
  /** Address keys, in the order in which their checks started. */
  readonly started: string[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<boolean>>();

  constructor(knownKeys?: readonly string[]) {
    this.queue = new CheckQueue(this.time, knownKeys);
  }

  check(key: string, fingerprint = key) {
    return this.queue.check(key, fingerprint, () => {
      this.started.push(key);
      const end = Promise.withResolvers<boolean>();
      this.#ends.set(key, end);
      return end.promise;
    });
  }

  async end(key: string, isRight: boolean): Promise<void> {
    this.#ends.get(key)?.resolve(isRight);
    await settle();
  }

  /** Makes an address one that has succeeded before. */
  async know(key: string): Promise<void> {
    void this.check(key);
    await this.end(key, true);
    this.started.length = 0;
  }
}

test("checks run one at a time, in the order of their calls", async (t) => {
  const scene = new QueueScene();
  const results = ["a", "b", "c"].map((key) => scene.check(key));
  t.deepEqual(scene.started, ["a"]);
  await scene.end("a", false);
  t.deepEqual(scene.started, ["a", "b"]);
  await scene.end("b", true);
  await scene.end("c", false);
  t.deepEqual(await Promise.all(results), [false, true, false]);
});

test("addresses that have succeeded before come first", async (t) => {
  const scene = new QueueScene();
  await scene.know("known");
  await scene.know("known too");
  for (const key of ["a", "b", "known", "c", "known too"]) void scene.check(key);
  for (const key of ["a", "known", "known too", "b", "c"]) await scene.end(key, false);
  t.deepEqual(scene.started, ["a", "known", "known too", "b", "c"]);
});

test("a second password of an address is refused while one is checked or waits", async (t) => {
  const scene = new QueueScene();
  void scene.check("a", "one");
  void scene.check("b", "one");
  for (const key of ["a", "b"]) {
    const refusal = refused(t, await scene.check(key, "other"), "too-many-logins", 429);
    t.is(refusal.retryAfterSeconds, 1);
  }
  t.deepEqual(scene.started, ["a"]);
});

test("the same password of an address is checked once, and both calls get the result", async (t) => {
  const scene = new QueueScene();
  const results = [scene.check("a"), scene.check("a")];
  await scene.end("a", true);
  t.deepEqual(await Promise.all(results), [true, true]);
  t.deepEqual(scene.started, ["a"]);
});

test("the 17th that waits is refused at once", async (t) => {
  const scene = new QueueScene();
  for (let at = 0; at <= 16; at++) void scene.check(`${at}`);
  const refusal = refused(t, await scene.check("one more"), "too-many-logins", 503);
  t.is(refusal.retryAfterSeconds, 5);
});

test("an address that has succeeded before takes the place of the last that has not", async (t) => {
  const scene = new QueueScene();
  await scene.know("known");
  const results = Array.from({ length: 17 }, (_, at) => scene.check(`${at}`));
  void scene.check("known");
  refused(t, await results[16], "too-many-logins", 503);
  await scene.end("0", false);
  t.deepEqual(scene.started, ["0", "known"]);
});

test("a queue full of addresses that have succeeded before refuses another one", async (t) => {
  const scene = new QueueScene();
  const keys = Array.from({ length: 18 }, (_, at) => `${at}`);
  for (const key of keys) await scene.know(key);
  for (const key of keys.slice(0, 17)) void scene.check(key);
  refused(t, await scene.check("17"), "too-many-logins", 503);
});

test("beyond 1,000 addresses the one that succeeded longest ago is forgotten", async (t) => {
  const queue = new CheckQueue(new ManualTime());
  for (let at = 0; at <= 1_000; at++)
    t.true(await queue.check(`${at}`, "", () => Promise.resolve(true)));
  const order: string[] = [];
  const results = ["first", "0", "1"].map((key) =>
    queue.check(key, "", async () => {
      order.push(key);
      return await Promise.resolve(true);
    }),
  );
  await Promise.all(results);
  t.deepEqual(order, ["first", "1", "0"]);
});

test("a check that throws rejects its call, and the next one runs", async (t) => {
  const scene = new QueueScene();
  const failing = scene.queue.check("a", "a", () => Promise.reject(new Error("no memory")));
  const next = scene.check("b");
  await t.throwsAsync(failing, { message: "no memory" });
  await settle();
  await scene.end("b", true);
  t.true(await next);
});

test("addresses that have succeeded before a restart come first after it", async (t) => {
  const before = new QueueScene();
  for (const key of ["x", "y", "x"]) await before.know(key);
  t.deepEqual(before.queue.knownKeys, ["y", "x"]);
  const scene = new QueueScene(before.queue.knownKeys);
  t.true(scene.queue.isKnown("x"));
  t.false(scene.queue.isKnown("a"));
  for (const key of ["a", "b", "x"]) void scene.check(key);
  await scene.end("a", false);
  t.deepEqual(scene.started, ["a", "x"]);
});

test("an address whose token or cookie has succeeded comes first, too", async (t) => {
  const scene = new QueueScene();
  scene.queue.know("x");
  for (const key of ["a", "b", "x"]) void scene.check(key);
  await scene.end("a", false);
  t.deepEqual(scene.started, ["a", "x"]);
});

test("of more than 1,000 saved addresses the last ones count", (t) => {
  const saved = Array.from({ length: 1_002 }, (_, at) => `${at}`);
  t.deepEqual(new QueueScene(saved).queue.knownKeys, saved.slice(2));
});

test("a check without a result is refused after 30 s, and the next one runs", async (t) => {
  const scene = new QueueScene();
  const stuck = scene.check("a");
  void scene.check("b");
  scene.time.advance(29_999);
  await settle();
  t.deepEqual(scene.started, ["a"]);
  scene.time.advance(1);
  t.like(await stuck, { refused: "too-many-logins", status: 503, retryAfterSeconds: 5 });
  await settle();
  t.deepEqual(scene.started, ["a", "b"]);
  await scene.end("a", true);
  t.false(scene.queue.isKnown("a"));
  await scene.end("b", true);
  t.is(scene.time.pending, 0);
});
