import test from "ava";
import type { LoadTestResult } from "@troupe/load-tester";
import { KeptResult } from "../../../src/commands/load-test/kept-result.ts";
import { fakeLoadResult } from "../../support/fake-load-result.ts";

/** A place of results whose writes the test ends. */
class Place {
  nowMs = 0;
  /** The time that making a result takes. */
  costMs = 0;
  made = 0;
  readonly failures: unknown[] = [];
  readonly writes: PromiseWithResolvers<void>[] = [];
  readonly kept = new KeptResult({
    write: () => {
      const write = Promise.withResolvers<void>();
      this.writes.push(write);
      return write.promise;
    },
    nowMs: () => this.nowMs,
    failed: (error) => this.failures.push(error),
  });

  /** A second passes. */
  second(): void {
    this.nowMs += 1_000;
    this.kept.offer((): LoadTestResult => {
      this.made += 1;
      this.nowMs += this.costMs;
      return fakeLoadResult();
    });
  }

  async endWrite(error?: Error): Promise<void> {
    const write = this.writes.at(-1);
    if (error === undefined) write?.resolve();
    else write?.reject(error);
    await this.kept.settled();
  }
}

test("a result is kept every ten seconds", async (t) => {
  const place = new Place();
  const seconds: number[] = [];
  for (let second = 1; second <= 35; second++) {
    const before = place.writes.length;
    place.second();
    if (place.writes.length > before) seconds.push(second);
    await place.endWrite();
  }
  t.deepEqual(seconds, [10, 20, 30]);
});

test("no result is made while the last one is written", async (t) => {
  const place = new Place();
  for (let second = 1; second <= 25; second++) place.second();
  t.is(place.made, 1);
  await place.endWrite();
  place.second();
  t.is(place.made, 2);
});

test("a result that takes a second to make is made every twenty seconds", async (t) => {
  const place = new Place();
  place.costMs = 1_000;
  for (let second = 1; second <= 28; second++) {
    place.second();
    await place.endWrite();
  }
  t.is(place.made, 1);
  place.second();
  t.is(place.made, 2);
});

test("a failed write is told once, and the next result is written", async (t) => {
  const place = new Place();
  for (let second = 1; second <= 30; second++) {
    place.second();
    await place.endWrite(new Error("no space"));
  }
  t.is(place.writes.length, 3);
  t.is(place.failures.length, 1);
});
