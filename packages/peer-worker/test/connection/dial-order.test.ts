import test from "ava";

import { dialOrder } from "../../src/connection/dial-order.ts";

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
