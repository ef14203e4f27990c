import test from "ava";
import { hasGatewayRestarted } from "../../src/gateway/index.ts";

for (const [title, seconds, ours, restarted] of [
  ["as long as ours", 3_600, 3_600, false],
  ["a hundredth less than ours", 3_564, 3_600, false],
  ["a hundredth more than ours", 3_636, 3_600, false],
  ["two seconds less than ours", 58, 60, false],
  ["four seconds less than ours", 56, 60, true],
  ["much less than ours", 30, 60, true],
  ["much more than ours", 120, 60, true],
  ["a second back, as datagrams overtake each other", -1, 0, false],
  ["back to the start", -1_000, 60, true],
] as const) {
  test(`a gateway whose clock went ${title} has ${restarted ? "" : "not "}restarted`, (t) => {
    const earlier = { epochSeconds: 5_000, atMs: 10_000 };
    const later = { epochSeconds: 5_000 + seconds, atMs: 10_000 + ours * 1_000 };
    t.is(hasGatewayRestarted(earlier, later), restarted);
  });
}
