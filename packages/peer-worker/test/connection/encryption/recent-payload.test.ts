import test from "ava";

import { RecentPayload } from "../../../src/connection/encryption/recent-payload.ts";

test("payload is recent for 100 ms after the call that has seen a block", (t) => {
  let nowMs = 0;
  const payload = new RecentPayload({ nowMs: () => nowMs });
  t.false(payload.isRecent());
  payload.note();
  t.true(payload.isRecent());
  nowMs = 99;
  t.true(payload.isRecent());
  nowMs = 100;
  t.false(payload.isRecent());
  payload.note();
  t.true(payload.isRecent());
});
