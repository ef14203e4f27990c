// How many processes of a run are there at once.

import test from "ava";
import { Slots } from "../../../scripts/tests/slots.ts";

test("work waits for a slot, in its order, and a failure frees its slot", async (t) => {
  const slots = new Slots(2);
  const began: number[] = [];
  const doors = [0, 1, 2, 3].map(() => Promise.withResolvers<number>());
  const ends = doors.map(
    async ({ promise }, work) =>
      await slots.use(async () => {
        began.push(work);
        return await promise;
      }),
  );
  t.deepEqual(began, [0, 1]);
  doors[1]?.reject(new Error("red"));
  await t.throwsAsync(ends[1], { message: "red" });
  t.deepEqual(began, [0, 1, 2]);
  doors[2]?.resolve(2);
  t.is(await ends[2], 2);
  doors[3]?.resolve(3);
  doors[0]?.resolve(0);
  t.deepEqual(await Promise.all([ends[0], ends[3]]), [0, 3]);
  t.deepEqual(began, [0, 1, 2, 3]);
});
