// Strangers by the thousand who connect and say nothing, while an honest seeder gives a download (cases 59 and 61).

import test from "ava";
import type { StreamHandlers } from "@troupe/actor-runtime";
import { isLong } from "../support/lanes.ts";
import { runStorm } from "../support/simulated/runs/storm.ts";

/** More than five times as many as the engine has. */
const connections = isLong ? 10_000 : 3_000;
const silent: StreamHandlers = { bytes: () => {}, closed: () => {} };

test(`${connections} silent connections from as many addresses delay a download by a quarter at most`, async (t) => {
  const calm = await runStorm({ addresses: 0, connections: 0, handlers: silent });
  const storm = await runStorm({ addresses: connections, connections, handlers: silent });
  t.is(storm.dialled, connections);
  t.true(storm.mostConnections <= 512 + 1 + 2, `${storm.mostConnections} at once`);
  t.true(storm.downloadMs <= 1.25 * calm.downloadMs, `${storm.downloadMs} ms`);
});

test("silent connections from one address are closed unread after sixty a minute", async (t) => {
  const calm = await runStorm({ addresses: 0, connections: 0, handlers: silent });
  const storm = await runStorm({ addresses: 1, connections, handlers: silent });
  t.is(storm.dialled, connections);
  t.true(storm.mostConnections <= 60 + 1 + 2, `${storm.mostConnections} at once`);
  t.true(storm.downloadMs <= 1.25 * calm.downloadMs, `${storm.downloadMs} ms`);
});
