import test from "ava";
import {
  failurePauseMs,
  quickPauseMs,
  returnPauseMs,
} from "../../../src/torrent/addresses/retry-pauses.ts";

test("after failures the pause doubles from half a minute to an hour", (t) => {
  const pauses = [1, 2, 3, 7, 8, 50].map((failures) => failurePauseMs(failures) / 1_000);
  t.deepEqual(pauses, [30, 60, 120, 1_920, 3_600, 3_600]);
});

test("a peer that left when there were few waits from a second to half a minute, half of it at random", (t) => {
  t.deepEqual(
    [0, 1, 4, 5, 50].map((returns) => returnPauseMs(returns, 0.5)),
    [1_000, 2_000, 16_000, 30_000, 30_000],
  );
  t.deepEqual([returnPauseMs(0, 0), returnPauseMs(0, 1)], [500, 1_500]);
});

test("a peer that closes in the handshake waits one, two and four seconds, and then as after any failure", (t) => {
  t.deepEqual([0, 1, 2, 3].map(quickPauseMs), [1_000, 2_000, 4_000, undefined]);
});
