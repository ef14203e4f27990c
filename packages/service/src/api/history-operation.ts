// The history of rates: of ten minutes, a day, or a month.

import { jsonSchema, list, record, whole, word } from "@troupe/control";
import type { HistorySource } from "../history/history-source.ts";
import { ringShapes, spanNames, type SpanName } from "../history/rate-history.ts";
import { jsonResponse } from "../routes/route.ts";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, type ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";
import { answerSchema } from "./command-operations.ts";

const count = whole(0, Number.MAX_SAFE_INTEGER);
const column = list(count, Math.max(...Object.values(ringShapes).map(({ slots }) => slots)));
const columns = record(
  { beginsAt: count, slotMs: count, downBytes: column, upBytes: column, measuredMs: column },
  ["beginsAt", "slotMs", "downBytes", "upBytes", "measuredMs"],
);
const usualSpan: SpanName = "ten-minutes";
const query = {
  span: {
    gate: word(...spanNames),
    default: usualSpan,
    text: "The time up to now: 300 slots of 2 s, 720 of 2 min, or 744 of an hour.",
  },
} as const;

/** The operation that reads the history. */
export function historyOperation(history: HistorySource): ApiOperation {
  return {
    method: "GET",
    path: `${apiPrefix}/history`,
    id: "history",
    text: "Gives the payload that all torrents have moved in each slot of a time, and the milliseconds of each slot that were measured: 0 while no service ran.",
    right: "read",
    body: "none",
    query,
    errors: [],
    result: () => answerSchema(jsonSchema(columns)),
    answer: withErrors(async (request) => {
      const given: { readonly span?: SpanName } = readQuery(query, request.query);
      const { version } = await request.calls.view();
      return jsonResponse({ result: await history.read(given.span ?? usualSpan), version });
    }),
  };
}
