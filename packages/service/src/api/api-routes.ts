// The own API: its operations, as routes and as a document.

import type { Timers } from "@troupe/actor-runtime";
import type { StreamLinks } from "../guard/stream-links.ts";
import type { HistorySource } from "../history/history-source.ts";
import { jsonResponse, type Route, type ServiceResponse } from "../routes/route.ts";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, type ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";
import { commandOperations } from "./command-operations.ts";
import { eventOperation } from "./event-operation.ts";
import type { EventRing } from "./event-ring.ts";
import { historyOperation } from "./history-operation.ts";
import { feedOperations } from "./feed-operations.ts";
import { linkOperation } from "./link-operation.ts";
import { listOperation } from "./list-operation.ts";
import { openApiDocument } from "./openapi.ts";
import { sessionOperations } from "./session-operations.ts";
import { settingsOperation } from "./settings-operation.ts";
import { torrentOperations } from "./torrent-operations.ts";

/** The world around the API. */
interface ApiParts {
  /** The version of Troupe, for the OpenAPI document. */
  readonly version: string;
  readonly ring: EventRing;
  readonly links: StreamLinks;
  readonly history: HistorySource;
  readonly timers: Pick<Timers, "after" | "every">;
}

/** The routes of the own API. */
export function apiRoutes(parts: ApiParts): readonly Route[] {
  return apiOperations(parts).map(({ method, path, body, right, takesUnknown, answer }) => ({
    method,
    path,
    body,
    ...(takesUnknown ? { takesUnknown } : right === "open" && { isOpen: true }),
    answer,
  }));
}

/** All operations; the document itself is one of them. */
export function apiOperations({
  history,
  links,
  ring,
  timers,
  version,
}: ApiParts): readonly ApiOperation[] {
  const operations: readonly ApiOperation[] = [
    healthOperation,
    ...sessionOperations,
    listOperation,
    ...torrentOperations(),
    linkOperation(links),
    eventOperation(ring, timers),
    historyOperation(history),
    settingsOperation,
    ...feedOperations(),
    ...commandOperations(),
  ];
  const all: ApiOperation[] = [...operations];
  all.push(documentOperation(() => openApiDocument(all, version)));
  return all;
}

/** A container's check that the service listens. It says nothing else: a stranger may ask. */
const healthOperation: ApiOperation = {
  method: "GET",
  path: `${apiPrefix}/health`,
  id: "health",
  text: "Answers while the service listens.",
  right: "open",
  body: "none",
  errors: [],
  result: () => ({
    type: "object",
    properties: { status: { const: "ok" } },
    required: ["status"],
    additionalProperties: false,
  }),
  answer: () => jsonResponse({ status: "ok" }),
};

function documentOperation(document: () => object): ApiOperation {
  // Hundreds of kilobytes that few ask for: made at the first request.
  let response: ServiceResponse | undefined;
  return {
    method: "GET",
    path: `${apiPrefix}/openapi.json`,
    id: "openapi",
    text: "Gives this document.",
    right: "read",
    body: "none",
    errors: [],
    result: () => ({ type: "object" }),
    answer: withErrors(({ query }) => {
      readQuery({}, query);
      return (response ??= jsonResponse(document()));
    }),
  };
}
