// The short form of service-requests.ts, in every run of the tests.

import test from "ava";
import { seedOr } from "../support/seeds.ts";
import { floodRequests } from "./support/request-flood.ts";

const seed = seedOr(1);

test(`a service under 3,000 random requests answers each with a status and the guard's fields, and none ends the actor http, seed ${seed}`, async (t) => {
  const { answers, findings, restarts, sent } = await floodRequests({
    seed: String(seed),
    requests: 3_000,
  });
  t.deepEqual(findings, []);
  t.is(sent, 3_000);
  t.is(restarts, 0);
  // The requests reach the commands too, and not the guard alone.
  t.true((answers[2] ?? 0) > 300);
});
