import test from "ava";
import type { TroupeError } from "@troupe/control";
import { announcedOrThrow } from "../../src/api/announces.ts";

test("L01: an announce is refused when every tracker wants none yet, and the error says when", (t) => {
  const [late, soon, now] = [90, 43, 0].map((inSeconds) => ({
    url: `http://t${inSeconds}.example/key`,
    inSeconds,
  }));
  const error = t.throws(() => announcedOrThrow([late, soon] as never), {
    code: "announce-too-early",
  });
  t.is(error?.message, "cannot announce yet: t43.example takes the next announce in 43 s");
  t.deepEqual(announcedOrThrow([late, now] as never), [late, now] as never);
  t.deepEqual(announcedOrThrow([]), []);
});

test("L01: the error of an announce names a tracker that wants no further announce (BEP 31)", (t) => {
  const never = { url: "http://tracker.example/key", inSeconds: Infinity };
  const message = "cannot announce yet: tracker.example wants no further announce";
  const error = t.throws(() => announcedOrThrow([never]), { code: "announce-too-early", message });
  t.deepEqual((error as TroupeError).details, { trackers: [] });
  const now = { url: "http://other.example/key", inSeconds: 0 };
  t.deepEqual(announcedOrThrow([never, now]), [now], "no time is infinite");
  const soon = { url: "http://other.example/key", inSeconds: 7 };
  t.throws(() => announcedOrThrow([never, soon]), {
    message: "cannot announce yet: other.example takes the next announce in 7 s",
  });
});
