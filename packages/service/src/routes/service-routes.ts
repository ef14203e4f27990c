// All routes of the service.

import type { Clock, Random, Timers } from "@troupe/actor-runtime";
import { ownVersion } from "@troupe/protocol/client-identity";
import { apiRoutes } from "../api/api-routes.ts";
import type { EventRing } from "../api/event-ring.ts";
import { secretRoutes } from "../api/secret-routes.ts";
import type { Refusal } from "../guard/refusal.ts";
import type { HistorySource } from "../history/history-source.ts";
import { metricsRoute } from "../metrics/metrics-route.ts";
import { pageRoutes } from "../page/page-routes.ts";
import { qbittorrentRoutes } from "../qbittorrent/routes.ts";
import { refusalResponse } from "../server/write-response.ts";
import type { HttpOptions } from "../service.messages.ts";
import type { StreamLinks } from "../guard/stream-links.ts";
import type { FileSource } from "../streams/file-source.ts";
import { StreamPlaces } from "../streams/stream-places.ts";
import { streamRoutes } from "../streams/stream-routes.ts";
import { transmissionRoutes } from "../transmission/routes.ts";
import { hasTransmissionSession, SessionIds } from "../transmission/session-ids.ts";
import { textResponse, type Route, type ServiceResponse } from "./route.ts";

/** The world around the routes. */
interface RoutePorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Pick<Random, "bytes">;
  readonly ring: EventRing;
  readonly links: StreamLinks;
  readonly files: FileSource;
  readonly history: HistorySource;
}

/** The routes of an incarnation. */
export function serviceRoutes(
  options: Pick<HttpOptions, "areMetricsOpen" | "facts" | "perTorrentMetrics">,
  ports: RoutePorts,
): readonly Route[] {
  const { clock, files, history, links, random, ring, timers } = ports;
  const sessionIds = new SessionIds({
    clock,
    makeId: () => Buffer.from(random.bytes(24)).toString("hex"),
  });
  const transmission = transmissionRoutes({
    clock,
    timers,
    sessionIds,
    facts: () => options.facts,
  });
  return [
    ...apiRoutes({ version: ownVersion, history, links, ring, timers }),
    ...streamRoutes({ files, links, places: new StreamPlaces() }),
    ...secretRoutes,
    ...pageRoutes(),
    metricsRoute({
      isMetricsOpen: options.areMetricsOpen,
      isPerTorrent: options.perTorrentMetrics,
    }),
    ...transmission.map((route) => ({
      ...route,
      hasSession: ({ header }: Parameters<NonNullable<Route["hasSession"]>>[0]) =>
        hasTransmissionSession(header, sessionIds),
      refused: askForBasic,
    })),
    ...qbittorrentRoutes({ facts: options.facts, timers }).map((route) => ({
      ...route,
      refused: forbid,
    })),
  ];
}

/** Programs for Transmission send their password once they are asked for it. */
function askForBasic(refusal: Refusal): ServiceResponse {
  if (refusal.status !== 401) return refusalResponse(refusal);
  return refusalResponse({ ...refusal, authenticate: 'Basic realm="Transmission"' });
}

/** Programs for qBittorrent log in again after a 403 alone. */
function forbid(refusal: Refusal): ServiceResponse {
  return refusal.status === 401 ? textResponse("Forbidden", 403) : refusalResponse(refusal);
}
