import { ManualTime } from "@troupe/actor-runtime/testing";
import { apiOperations, apiRoutes } from "../../src/api/api-routes.ts";
import { EventRing } from "../../src/api/event-ring.ts";
import { StreamLinks } from "../../src/guard/stream-links.ts";
import { RateHistory } from "../../src/history/rate-history.ts";
import type { Route } from "../../src/routes/route.ts";
import { hmacSha256 } from "./secrets.ts";

/** The API with an empty ring and time that stands still. */
export function apiParts() {
  const time = new ManualTime();
  const links = new StreamLinks(new Uint8Array(32), time, hmacSha256);
  const history = { read: async () => await Promise.resolve(new RateHistory().read("day", 0)) };
  return { version: "0.1.0", ring: new EventRing("a1"), timers: time, history, links };
}

/** The route of an operation. @param path Its end, behind `/api/v1/`. */
export function apiRoute(method: Route["method"], path: string): Route {
  const found = apiRoutes(apiParts()).find(
    (route) => route.method === method && route.path === `/api/v1/${path}`,
  );
  if (found === undefined) throw new Error(`no route ${method} ${path}`);
  return found;
}

/** All operations. */
export function allOperations() {
  return apiOperations(apiParts());
}
