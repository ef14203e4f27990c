import test from "ava";

import { retryAfterMs } from "../../../src/io/http/retry-after.ts";

const nowMs = Date.UTC(2026, 0, 1);

for (const [text, expected] of [
  ["120", 120_000],
  [" 5 ", 5_000],
  ["0", 0],
  ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", undefined],
  ["99999999999", undefined],
  ["", undefined],
  [undefined, undefined],
] as const)
  test(`a Retry-After of ${JSON.stringify(text)} is ${expected} ms`, (t) => {
    t.is(retryAfterMs(text, nowMs), expected);
  });
