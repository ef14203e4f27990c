// The short form of dht-packets.ts, in every run of the tests.

import test from "ava";

import { floodNode } from "./support/packet-flood.ts";

test("case 79: a node under malformed and forged packets answers each honest question", async (t) => {
  const { asked, answered, failures } = await floodNode({ seed: "1", packets: 30_000 });
  t.deepEqual(failures, []);
  t.is(asked, 6);
  t.is(answered, asked);
});
