import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";

import { TurnEnd } from "../src/turn-end.ts";

test("many requests in one turn wake once, and flushes follow the wake", (t) => {
  const time = new ManualTime();
  const happened: string[] = [];
  const turnEnd = new TurnEnd(time, () => {
    happened.push("wake");
    turnEnd.flushLater({ flush: () => happened.push("flush of what the wake said") });
  });
  turnEnd.flushLater({ flush: () => happened.push("flush") });
  turnEnd.wakeLater();
  turnEnd.wakeLater();
  t.deepEqual(happened, []);
  time.endTurn();
  t.deepEqual(happened, ["wake", "flush", "flush of what the wake said"]);
  t.false(time.endTurn());
});

test("a wake requested during a wake comes in a turn of its own", (t) => {
  const time = new ManualTime();
  let wakes = 0;
  const turnEnd = new TurnEnd(time, () => {
    if (++wakes === 1) turnEnd.wakeLater();
  });
  turnEnd.wakeLater();
  time.endTurn();
  t.is(wakes, 1);
  time.endTurn();
  t.is(wakes, 2);
});
