// The limits of a node of `troupe dht run`.

import type { DhtStartOptions } from "../engine-port.ts";
import { parseCount, parseSize } from "./option-values.ts";
import type { ParsedWords } from "./sort-words.ts";

const leastAnswerBytes = 1_000;
const leastUnprovenBytes = 1;
const leastQueries = 10;
const mostQueries = 999_999_999;

/** Limits that the command line names; `0` lifts a limit. @throws {UsageError} */
export function answerLimits(words: ParsedWords): NonNullable<DhtStartOptions["limits"]> {
  const rate = (name: "answer-rate" | "unproven-answer-rate", least: number) =>
    words.value(name, (text) => (text === "0" ? Infinity : parseSize(name, text, least)));
  const answerBytesPerSecond = rate("answer-rate", leastAnswerBytes);
  const unprovenBytesPerSecond = rate("unproven-answer-rate", leastUnprovenBytes);
  const name = "queries-per-address";
  const queriesPerAddress = words.value(name, (text) =>
    text === "0" ? Infinity : parseCount(name, text, leastQueries, mostQueries),
  );
  return {
    ...(answerBytesPerSecond !== undefined && { answerBytesPerSecond }),
    ...(unprovenBytesPerSecond !== undefined && { unprovenBytesPerSecond }),
    ...(queriesPerAddress !== undefined && { queriesPerAddress }),
  };
}
