// Places for the processes of a run: so many of each lane run at once.

import { setImmediate as turn } from "node:timers/promises";
import test from "ava";
import { Lanes } from "../../../scripts/tests/lanes.ts";

/** Work that ends when its door opens. */
function work(lanes: Lanes, lane: "D" | "E", begins: () => void, seconds = 15) {
  const door = Promise.withResolvers<string>();
  const end = lanes.use(lane, seconds, async () => {
    begins();
    return await door.promise;
  });
  return { ...door, end };
}

test("work waits for a place of its lane, in its order, and a failure frees its place", async (t) => {
  const lanes = new Lanes({ all: 2, D: 2, E: 2 });
  const began: number[] = [];
  const begin = (number: number) => work(lanes, "D", () => began.push(number));
  const [first, second, third] = [begin(1), begin(2), begin(3)];
  t.deepEqual(began, []);
  await turn();
  t.deepEqual(began, [1, 2]);
  second.reject(new Error("red"));
  await t.throwsAsync(second.end, { message: "red" });
  await turn();
  t.deepEqual(began, [1, 2, 3]);
  for (const door of [first, third]) door.resolve("green");
  t.deepEqual(await Promise.all([first.end, third.end]), ["green", "green"]);
});

test("lane E goes first, and lane D has its last place when lane E leaves one", async (t) => {
  const lanes = new Lanes({ all: 3, D: 2, E: 2 });
  const began: string[] = [];
  const begin = (name: string) =>
    work(lanes, name.startsWith("E") ? "E" : "D", () => began.push(name));
  const all = ["D1", "D2", "E1", "E2", "E3"].map(begin);
  const [, , firstE, secondE] = all;
  await turn();
  t.deepEqual(began, ["E1", "E2", "D1"]);
  firstE?.resolve("green");
  await firstE?.end;
  await turn();
  t.deepEqual(began, ["E1", "E2", "D1", "E3"], "lane E goes first");
  secondE?.resolve("green");
  await secondE?.end;
  await turn();
  t.deepEqual(began, ["E1", "E2", "D1", "E3", "D2"]);
  for (const { resolve } of all) resolve("green");
  await Promise.all(all.map(({ end }) => end));
});

test("of all that waits the longest begins first, whichever section asked first", async (t) => {
  const lanes = new Lanes({ all: 1, D: 1, E: 1 });
  const began: number[] = [];
  const all = [3, 60, 15, 60].map((seconds) =>
    work(lanes, "E", () => began.push(seconds), seconds),
  );
  for (const { resolve } of all) resolve("green");
  await Promise.all(all.map(({ end }) => end));
  t.deepEqual(began, [60, 60, 15, 3]);
});
