import type { DhtLimits } from "@troupe/messages";
import { defaultAnswerBounds } from "./serving/answer-budget.ts";
import { defaultQueryLimits } from "./serving/query-limits.ts";
import { defaultQueryRate } from "./serving/query-rate.ts";

/** Look-ups at once, of both families together. */
const mostLookUps = 16;
/** Strangers that are compared with the table. */
export const strangerLooks = { perSecond: 50, capacity: 100 } as const;
/** Pings of strangers: they enter the table if they answer. */
export const strangerPings = { perSecond: 5, capacity: 20 } as const;

/** Limits that the owner does not name. */
export const defaultLimits: DhtLimits = {
  queriesPerSecond: defaultQueryRate.perSecond,
  queryBurst: defaultQueryRate.perBurst,
  lookUps: mostLookUps,
  answerBytesPerSecond: defaultAnswerBounds.bytesPerSecond,
  unprovenBytesPerSecond: defaultAnswerBounds.unprovenBytesPerSecond,
  queriesPerAddress: defaultQueryLimits.maxQueries,
};
