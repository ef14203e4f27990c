import { settle } from "@troupe/actor-runtime/testing";
import test from "ava";
import { CheckQueue } from "../../src/guard/check-queue.ts";
import { refused } from "../support/refused.ts";

/** A queue whose checks end when a test says so. */
class QueueScene {
  readonly queue = new CheckQueue();
  /** Address keys, in the order in which their checks started. */
  readonly started: string[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<boolean>>();

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
  const queue = new CheckQueue();
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
