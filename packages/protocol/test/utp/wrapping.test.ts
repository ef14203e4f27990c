import test from "ava";

import {
  isTimeBefore,
  seqDistance,
  seqPlus,
  timeDistance,
  toTimestampUs,
} from "../../src/utp/index.ts";

test("sequence numbers wrap at 65,536 in both directions", (t) => {
  t.is(seqPlus(65_535, 1), 0);
  t.is(seqPlus(0, -1), 65_535);
  t.is(seqDistance(65_530, 4), 10);
  t.is(seqDistance(4, 65_530), 65_526);
});

test("times wrap at 2³² microseconds", (t) => {
  t.is(toTimestampUs(4_294_967.295), 4_294_967_295);
  t.is(toTimestampUs(4_294_967.297), 1);
  t.is(timeDistance(4_294_967_290, 4), 10);
  t.true(isTimeBefore(4_294_967_290, 4));
  t.false(isTimeBefore(4, 4_294_967_290));
  t.false(isTimeBefore(7, 7));
});
