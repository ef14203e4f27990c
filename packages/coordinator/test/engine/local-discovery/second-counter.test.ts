import test from "ava";
import { SecondCounter } from "../../../src/engine/local-discovery/second-counter.ts";

test("events are counted from the start of their second", (t) => {
  const counter = new SecondCounter();
  t.deepEqual(
    [5, 10, 999, 1_000, 1_001, 7_000].map((nowMs) => counter.add(nowMs)),
    [1, 2, 3, 1, 2, 1],
  );
});
