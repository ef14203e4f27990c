// The short form of utp-packets.ts, in every run of the tests.

import test from "ava";

import { seedOr } from "../support/seeds.ts";
import { floodPort } from "./support/port-flood.ts";

const seed = seedOr(1);

test(`case 67, case 68: the shared UDP port under malformed and forged datagrams gives forged senders no more than they sent, and answers each honest peer, seed ${seed}`, async (t) => {
  const { asked, answered, failures, opened } = await floodPort({
    seed: String(seed),
    packets: 100_000,
  });
  t.deepEqual(failures, []);
  t.true(asked >= 38, `${asked} questions`);
  t.is(answered, asked);
  t.true(opened > 20, `${opened} connections of hostile peers`);
});
