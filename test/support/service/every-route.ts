// The table of all routes, for tests that ask each.

import { EventRing } from "../../../packages/service/src/api/event-ring.ts";
import { serviceRoutes } from "../../../packages/service/src/routes/service-routes.ts";
import type { Route } from "../../../packages/service/src/routes/route.ts";
import { nodePorts } from "@troupe/actor-runtime";

/** The routes of a service whose metrics need a login. */
export function everyRoute(): readonly Route[] {
  const { clock, random, timers } = nodePorts();
  const facts = {
    ...{ downloadDirectory: "/data", stateDirectory: "/state", usesDht: false, mapsPort: false },
    ...{ usesPeerExchange: false, usesLocalDiscovery: false, marksUnfinishedFiles: false },
  };
  const options = { areMetricsOpen: false, perTorrentMetrics: false, facts };
  return serviceRoutes(options, {
    ...{ clock, random, timers },
    ring: new EventRing("test"),
  });
}

/** The path of a route with an info-hash for each of its segments that vary. */
export function pathOf({ path }: Pick<Route, "path">): string {
  return path.replaceAll(/:\w+/g, "a".repeat(40));
}
