import test from "ava";
import { Line } from "../../src/peers/line.ts";

test("a line carries its rate over time, in pieces longer than a tick", (t) => {
  const line = new Line(100_000, 0);
  let [nowMs, sentBytes] = [0, 0];
  while (nowMs < 10_000) {
    const waitMs = line.waitMs(nowMs);
    if (waitMs > 0) nowMs += waitMs;
    else {
      line.take(16_384);
      sentBytes += 16_384;
    }
  }
  t.true(Math.abs(sentBytes - 1_000_000) <= 2 * 16_384, `${sentBytes}`);
});

test("after a pause a line carries no more than a twentieth of a second at once", (t) => {
  const line = new Line(1_000_000, 0);
  let sentBytes = 0;
  while (line.waitMs(60_000) === 0) {
    line.take(1_000);
    sentBytes += 1_000;
  }
  t.is(sentBytes, 51_000);
});
