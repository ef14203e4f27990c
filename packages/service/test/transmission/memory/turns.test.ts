import test from "ava";
import { Turns } from "../../../src/transmission/memory/turns.ts";

test("work on the same thing waits, and work on others does not", async (t) => {
  const turns = new Turns();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = turns.take("a", async () => {
    order.push("a1");
    await first.promise;
    order.push("a1 ends");
  });
  const two = turns.take("a", () => Promise.resolve(void order.push("a2")));
  const other = turns.take("b", () => Promise.resolve(void order.push("b")));
  await other;
  t.deepEqual(order, ["a1", "b"]);
  first.resolve();
  await Promise.all([one, two]);
  t.deepEqual(order, ["a1", "b", "a1 ends", "a2"]);
});

test("failed work fails its own caller alone", async (t) => {
  const turns = new Turns();
  const failed = turns.take("a", () => Promise.reject(new Error("it failed")));
  const next = turns.take("a", () => Promise.resolve("done"));
  await t.throwsAsync(failed, { message: "it failed" });
  t.is(await next, "done");
});
