import test from "ava";
import { ProgressRepeat } from "../../../src/api/events/progress-repeat.ts";

test("figures that come each second are not repeated", (t) => {
  const repeat = new ProgressRepeat();
  for (let second = 0; second < 3; second++) {
    repeat.reported("active");
    t.false(repeat.passSecond("active"));
  }
});

test("figures come again each second after a second without any", (t) => {
  const repeat = new ProgressRepeat();
  repeat.reported("active");
  t.deepEqual(
    [1, 2, 3].map(() => repeat.passSecond("active")),
    [false, true, true],
  );
  repeat.reported("active");
  t.false(repeat.passSecond("active"));
});

test("figures of another state are not repeated", (t) => {
  const repeat = new ProgressRepeat();
  t.false(repeat.passSecond("active"));
  repeat.reported("active");
  t.deepEqual(
    [1, 2].map(() => repeat.passSecond("paused")),
    [false, false],
  );
});
