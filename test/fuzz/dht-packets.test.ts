// The short form of dht-packets.ts, in every run of the tests.

import test from "ava";

import { seedOr } from "../support/seeds.ts";
import { floodNode } from "./support/packet-flood.ts";

const seed = seedOr(1);

test(`case 79: a node under malformed and forged packets answers each honest question, seed ${seed}`, async (t) => {
  const { asked, answered, failures } = await floodNode({ seed: String(seed), packets: 30_000 });
  t.deepEqual(failures, []);
  t.is(asked, 6);
  t.is(answered, asked);
});
