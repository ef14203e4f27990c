import test from "ava";
import { ActiveTime } from "../../../src/torrent/report/active-time.ts";

test("the time between two looks counts for the activity at the first of them", (t) => {
  const time = new ActiveTime();
  time.look(5_000, "download");
  time.look(8_500, "seed");
  time.look(10_000, "none");
  t.is(time.activeSeconds, 5);
  t.is(time.downloadSeconds, 3);
});

test("a torrent that is paused or at rest has no active time", (t) => {
  const time = new ActiveTime();
  time.look(5_000, "none");
  time.look(9_000, "download");
  time.look(10_000, "none");
  time.look(20_000, "none");
  t.is(time.activeSeconds, 1);
  t.is(time.downloadSeconds, 1);
});
