// How many processes of a run are there at once.

import test from "ava";
import { Slots } from "../../../scripts/tests/slots.ts";

test("work waits for a slot, in its order, and a failure frees its slot", async (t) => {
  const slots = new Slots(2);
  const began: number[] = [];
  const begin = (work: number) => {
    const door = Promise.withResolvers<string>();
    const end = slots.use(async () => {
      began.push(work);
      return await door.promise;
    });
    return { ...door, end };
  };
  const [first, second, third, fourth] = [begin(1), begin(2), begin(3), begin(4)];
  t.deepEqual(began, [1, 2]);
  second.reject(new Error("red"));
  await t.throwsAsync(second.end, { message: "red" });
  t.deepEqual(began, [1, 2, 3]);
  third.resolve("green");
  t.is(await third.end, "green");
  t.deepEqual(began, [1, 2, 3, 4]);
  first.resolve("green");
  fourth.resolve("green");
  t.deepEqual(await Promise.all([first.end, fourth.end]), ["green", "green"]);
});
