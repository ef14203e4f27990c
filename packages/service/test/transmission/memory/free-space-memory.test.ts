import { ManualTime } from "@troupe/actor-runtime/testing";
import { TroupeError } from "@troupe/control";
import test from "ava";
import { FreeSpaceMemory } from "../../../src/transmission/memory/free-space-memory.ts";
import { RecordedCalls } from "../../support/recorded-calls.ts";

test("a disk that does not answer delays the first call alone, by a second", async (t) => {
  const memory = new FreeSpaceMemory();
  const time = new ManualTime();
  const calls = new RecordedCalls();
  const space = Promise.withResolvers<never>();
  calls.run = (name: string, given: object) => {
    calls.made.push([name, given]);
    return space.promise;
  };
  const first = memory.recent(calls, time, "/data");
  t.deepEqual(time.delaysMs, [1_000]);
  time.advance(1_000);
  t.deepEqual(await first, { freeBytes: -1, totalBytes: -1 });
  t.deepEqual(await memory.recent(calls, time, "/data"), { freeBytes: -1, totalBytes: -1 });
  t.is(time.pending, 0);
  t.is(calls.made.length, 1);
  space.resolve({ freeBytes: 3, totalBytes: 5 } as never);
  await new Promise(setImmediate);
  t.deepEqual(await memory.recent(calls, time, "/data"), { freeBytes: 3, totalBytes: 5 });
});

test("the space of a folder that cannot be asked about is not known", async (t) => {
  const refused = new TroupeError("not-permitted", "the folder needs the right local");
  const calls = new RecordedCalls([], { "free-space": refused });
  const space = await new FreeSpaceMemory().recent(calls, new ManualTime(), "/data");
  t.deepEqual(space, { freeBytes: -1, totalBytes: -1 });
});
