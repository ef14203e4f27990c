// Feeds and their rules, by calls of their own.

import { jsonSchema, outOfRange, spelled, type JsonSchema } from "@troupe/control";
import { feedCalls, type FeedCallName } from "../automation/feeds/feed-calls.ts";
import { jsonResponse, type ServiceRequest } from "../routes/route.ts";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, segmentIn, type ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";

/** The calls by their methods and paths. `:feed` is the argument `feed`. */
const places: readonly (readonly [ApiOperation["method"], string, FeedCallName])[] = [
  ["GET", "/feeds", "list-feeds"],
  ["POST", "/feeds", "add-feed"],
  ["GET", "/feeds/:feed/items", "feed-items"],
  ["POST", "/feeds/:feed", "change-feed"],
  ["POST", "/feeds/:feed/look", "look-feed"],
  ["POST", "/feeds/:feed/remove", "remove-feed"],
  ["GET", "/feed-rules", "list-rules"],
  ["POST", "/feed-rules", "set-rules"],
  ["POST", "/feed-rules/try", "try-rule"],
];

/** The operations of feeds. */
export function feedOperations(): readonly ApiOperation[] {
  return places.map(([method, path, name]) => feedOperation(method, path, name));
}

function feedOperation(
  method: ApiOperation["method"],
  path: string,
  name: FeedCallName,
): ApiOperation {
  const { arguments: gate, errors, result, right, text } = feedCalls[name];
  return {
    method,
    path: apiPrefix + path,
    id: name,
    text,
    right,
    body: method === "GET" ? "none" : "call",
    ...(method === "GET" ? { query: {} } : { arguments: () => argumentsSchema(path, gate) }),
    errors,
    result: () => ({
      type: "object",
      properties: { result: jsonSchema(result) },
      required: ["result"],
      additionalProperties: false,
    }),
    answer: withErrors(async (request) => {
      readQuery({}, request.query);
      const given = {
        ...bodyOf(request),
        ...(path.includes(":feed") && { feed: segmentIn(request) }),
      };
      return jsonResponse({ result: await request.calls.feeds(name, given) });
    }),
  };
}

/** The schema of a body: the path has the feed. */
function argumentsSchema(
  path: string,
  gate: (typeof feedCalls)[FeedCallName]["arguments"],
): JsonSchema {
  if (!path.includes(":feed") || !("feed" in gate.fields)) return jsonSchema(gate);
  const { feed: _, ...fields } = gate.fields;
  const required = gate.required.filter((field) => field !== "feed");
  return jsonSchema({ ...gate, fields, required });
}

/** The fields of a body, which the call checks. No body: none. */
function bodyOf({ body }: Pick<ServiceRequest, "body">): object {
  if (body.kind === "none") return {};
  const value = body.kind === "json" ? body.value : undefined;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw outOfRange("body", body.kind === "json" ? spelled(value) : body.kind, "a JSON object");
}
