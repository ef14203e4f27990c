import test from "ava";

import {
  dialOrder,
  UtpDialPace,
  utpDialPauseMs,
  utpDialsPerSecond,
} from "../../src/connection/dial-order.ts";

test("TCP comes first and uTP second, and the other way round where the engine asks for uTP", (t) => {
  const facts = { mode: "both", hasUtp: true } as const;
  t.deepEqual(dialOrder({ ...facts, prefersUtp: false }), { first: "tcp", second: "utp" });
  t.deepEqual(dialOrder({ ...facts, prefersUtp: true }), { first: "utp", second: "tcp" });
});

test("a single transport has no second, and uTP alone without a UDP port has none at all", (t) => {
  for (const prefersUtp of [false, true]) {
    t.deepEqual(dialOrder({ mode: "tcp", hasUtp: true, prefersUtp }), {
      first: "tcp",
      second: undefined,
    });
    t.deepEqual(dialOrder({ mode: "utp", hasUtp: true, prefersUtp }), {
      first: "utp",
      second: undefined,
    });
    t.deepEqual(dialOrder({ mode: "both", hasUtp: false, prefersUtp }), {
      first: "tcp",
      second: undefined,
    });
    t.is(dialOrder({ mode: "utp", hasUtp: false, prefersUtp }), undefined);
  }
});

test("30 dials over uTP begin in a second, and further ones when the next second begins", (t) => {
  const pace = new UtpDialPace();
  const taken = Array.from({ length: 40 }, () => pace.take(5_250)).filter(Boolean);
  t.is(taken.length, utpDialsPerSecond);
  t.is(utpDialPauseMs(5_250), 750);
  t.false(pace.take(5_999));
  t.true(pace.take(6_000));
});
