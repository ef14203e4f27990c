import test from "ava";
import { historyOperation } from "../../src/api/history-operation.ts";
import { RateHistory, spanNames } from "../../src/history/rate-history.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";

test("L25: the history of a span is columns of its slots; without a span, that of ten minutes", async (t) => {
  const asked: string[] = [];
  const history = new RateHistory();
  const operation = historyOperation({
    read: async (span) => {
      asked.push(span);
      return await Promise.resolve(history.read(span, 1_790_000_000_000));
    },
  });
  for (const span of spanNames) {
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const response = await answerOf(operation, new RecordedCalls([]), {
      url: `/api/v1/history?span=${span}`,
    });
    t.deepEqual(jsonOf(response), { result: history.read(span, 1_790_000_000_000), version: 1 });
  }
  await answerOf(operation, new RecordedCalls([]), { url: "/api/v1/history" });
  t.deepEqual(asked, [...spanNames, "ten-minutes"]);
  for (const url of ["/api/v1/history?span=year", "/api/v1/history?span=day&x=1"])
    // One after the other. oxlint-disable-next-line no-await-in-loop
    t.is((await answerOf(operation, new RecordedCalls([]), { url })).status, 400);
});
